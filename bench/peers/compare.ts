/** The same work done by every peer, in one run. */

import { mkdtempSync, rmSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { allocatedBytes } from '../measure/allocation.ts'
import { fresh } from '../measure/fresh-function.ts'
import { shuffled } from '../measure/loops.ts'
import { runtimeHere, today } from '../measure/machine.ts'
import { type Effort, type Sampled, type Subject, sampleInTurns } from '../measure/sample.ts'
import { median, quantile, ratioOfRounds, rounded } from '../measure/statistics.ts'
import { market } from '../operations/sample-records.ts'
import type { PeerCell, PeerResult, PeersPart } from '../results/results.ts'
import { BETTER_SQLITE, LMDB, NODE_SQLITE } from './databases.ts'
import { FILE, MMAP_IO } from './files.ts'
import { BARE, BITECS, BUFFER_BACKED, OBJECTS } from './in-memory.ts'
import { installedPeers, installPeers } from './install.ts'
import type { Opener, Peer, PeerKind } from './peer.ts'
import { STORE } from './store.ts'

const KINDS = [STORE, BARE, OBJECTS, BITECS, BUFFER_BACKED, MMAP_IO, FILE, LMDB, NODE_SQLITE, BETTER_SQLITE]
const RECORDS = 100_000
const records = Array.from({ length: RECORDS }, (_, i) => market(i))

/** Operations by name, as the body of a loop over indices in no order. */
const LOOPS = {
  'get one field': { body: 'if (peer.get(index) === -1.25) sum++', writes: false },
  'set one field': { body: 'peer.set(index, i * 0.5)', writes: true },
  'get a record': { body: 'kept[i & 7] = peer.record(index)', writes: false },
}
export const OPERATIONS = [...Object.keys(LOOPS), 'append a record', 'sum one field, a row']

interface Candidate {
  readonly kind: PeerKind
  readonly open: Opener
  readonly peer: Peer
}

export async function comparePeers(parent: string, effort: Effort): Promise<PeersPart> {
  installPeers(
    KINDS.flatMap((kind) => (kind.package !== undefined && isWanted(kind) ? [kind.package] : [])),
    (line) => console.log(line),
  )
  const installed = installedPeers()
  const folder = mkdtempSync(join(parent, 'mmapforge-peers-'))
  const candidates: Candidate[] = []
  const results: PeerResult[] = []
  for (const kind of KINDS.filter(isWanted)) {
    try {
      const open = await kind.load(installed.load)
      const peer = open(join(folder, `filled-${candidates.length}`), RECORDS)
      fill(peer)
      candidates.push({ kind, open, peer })
    } catch (error) {
      const why = String((error as Error).message).split('\n')[0]
      results.push({ peer: kind.name, version: '', note: `left out: ${hidePaths(why ?? '')}`, cells: [] })
    }
  }
  console.log(`comparing ${candidates.map(({ kind }) => kind.name).join(', ')}`)
  const cells = OPERATIONS.map((operation) => compareOne(operation, candidates, folder, effort))
  for (const [place, { kind, peer }] of candidates.entries()) {
    const own = cells.map((row) => row[place] as PeerCell)
    const version = kind.package === undefined ? '' : installed.versionOf(kind.package)
    results.splice(place, 0, { peer: kind.name, version, note: kind.note, cells: own })
    peer.close()
  }
  rmSync(folder, { recursive: true, force: true })
  return { date: today(), runtime: runtimeHere(), records: RECORDS, peers: results }
}

/** The runtime's own SQLite where there is one, else the package. */
function isWanted(kind: PeerKind): boolean {
  const hasOwn = isBuiltin('node:sqlite')
  if (kind === NODE_SQLITE) return hasOwn
  return kind !== BETTER_SQLITE || !hasOwn
}

/** No paths of this machine in what is published. */
function hidePaths(message: string): string {
  return message.replace(/(\/[^\s/'"]+){2,}\//g, '')
}

function fill(peer: Peer): void {
  const appendAll = () => {
    for (const record of records) peer.append(record)
  }
  if (peer.batch) peer.batch(appendAll, true)
  else appendAll()
  const sum = records.reduce((total, { price }) => total + price, 0)
  if (Math.abs(peer.sum() / sum - 1) > 1e-9) throw new RangeError('it sums up to something else')
}

function compareOne(
  operation: string,
  candidates: readonly Candidate[],
  folder: string,
  effort: Effort,
): PeerCell[] {
  const subjects = candidates.map((candidate) => subjectOf(operation, candidate, folder))
  const sampled = sampleInTurns(subjects, { ...effort, rounds: Math.ceil(effort.rounds / 2) })
  const ours = sampled[0] as Sampled
  return sampled.map(({ samplesNs, roundsNs }, i) => {
    const bytes = allocatedBytes(subjects[i] as Subject)
    return {
      operation,
      medianNs: rounded(median(samplesNs)),
      p99Ns: rounded(quantile(samplesNs, 0.99)),
      ratio: rounded(ratioOfRounds(roundsNs, ours.roundsNs)),
      bytes: bytes === null ? null : rounded(bytes),
    }
  })
}

function subjectOf(operation: string, { kind, open, peer }: Candidate, folder: string): Subject {
  const { name, isSlow = false } = kind
  if (operation === 'append a record') return appending(name, open, isSlow ? 2000 : 20_000, folder)
  if (operation === 'sum one field, a row') return { name, operations: RECORDS, run: () => peer.sum() }
  const count = isSlow ? 500 : 5000
  const { body, writes } = LOOPS[operation as keyof typeof LOOPS]
  const order = shuffled(RECORDS).subarray(0, count)
  const loop = compile(`for (let i = from; i < to; i++) { const index = order[i]; ${body} }`, order)
  // A few short runs first: one that is optimised in its first, long run knows too little of what it calls to inline it.
  for (let i = 0; i < 200; i++) loop(peer, i, i + 2)
  const run = () => loop(peer, 0, count)
  const { batch } = peer
  return { name, operations: count, run: batch ? () => batch.call(peer, run, writes) : run }
}

function appending(name: string, open: Opener, count: number, parent: string): Subject {
  const loop = compile(`for (let i = 0; i < ${count}; i++) peer.append(records[i])`)
  let peer: Peer
  let folder: string
  return {
    name,
    operations: count,
    before: () => {
      folder = mkdtempSync(join(parent, 'append-'))
      peer = open(join(folder, 'records'), count)
    },
    run: () => (peer.batch ? peer.batch(() => loop(peer), true) : loop(peer)),
    after: () => {
      peer.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function compile(loop: string, order?: Int32Array): (peer: Peer, from?: number, to?: number) => number {
  return fresh(
    { records, order, kept: new Array<unknown>(8).fill(null) },
    `return function run(peer, from, to) { let sum = 0; ${loop}; return sum }`,
  )
}
