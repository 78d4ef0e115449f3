/** How much several processes write together, in one store and in one lmdb environment. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { runtimeHere } from '../measure/machine.ts'
import { median, rounded } from '../measure/statistics.ts'
import type { Workbench } from '../measure/workbench.ts'
import { installPeers } from '../peers/install.ts'
import type { Timing } from '../results/results.ts'
import { BATCH, RECORDS, SUBJECTS, type Subject } from './throughput-subjects.ts'

const WRITERS = [1, 2, 4]
const ROUNDS = 5
const ROUND_MS = 500

/** Each number of processes with each subject in turns. */
export async function throughputOperations(bench: Workbench): Promise<void> {
  const isNode = runtimeHere().name === 'Node'
  if (isNode) installPeers(['lmdb'], (line) => console.log(line))
  for (const writers of WRITERS) {
    const ours: number[] = []
    const theirs: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await stepNs('store', writers, bench.path()))
      if (isNode) theirs.push(await stepNs('lmdb', writers, bench.path()))
    }
    const ratio = rounded(median(ours.map((took, i) => took / (theirs[i] ?? Number.NaN))))
    const label = `add to a number, ${writers} ${writers === 1 ? 'process' : 'processes together'}`
    const lmdb = { ...together(`lmdb, a transaction for ${BATCH}`, theirs), ratio }
    bench.add({ id: `throughput-${writers}`, label }, together('store', ours), isNode ? [lmdb] : [])
  }
}

/** What a step took, of all that were done at the same time. */
function together(name: string, rounds: readonly number[]): Timing {
  return { name, medianNs: rounded(median(rounds)), p99Ns: rounded(Math.max(...rounds)), bytes: null }
}

/** Nanoseconds of the clock for each step that the processes did together. */
async function stepNs(name: string, writers: number, path: string): Promise<number> {
  const subject = SUBJECTS[name] as Subject
  const children: ChildProcess[] = []
  try {
    await subject.fill(path, RECORDS)
    for (let i = 0; i < writers; i++) {
      const child = fork(fileURLToPath(new URL('throughput-process.js', import.meta.url)), [
        name,
        path,
        `${i}`,
      ])
      children.push(child)
      await once(child, 'message')
    }
    const answers = children.map((child) => once(child, 'message'))
    for (const child of children) child.send(ROUND_MS)
    const counts = (await Promise.all(answers)).map(([count]) => count as number)
    return (ROUND_MS * 1e6) / counts.reduce((sum, count) => sum + count, 0)
  } finally {
    for (const child of children) child.kill()
    await Promise.all(children.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')))
  }
}
