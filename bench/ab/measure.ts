/**
 * One operation, on two versions of the package in one process. Prints what came out as a line of JSON.
 *
 * Arguments: the operation's name, the path of either version's `dist/index.js`, and the number of the process.
 */
import { pathToFileURL } from 'node:url'
import type * as Package from 'mmapforge'
import { type Sampled, sampleInTurns } from '../measure/sample.ts'
import { median, ratioOfRounds, rounded } from '../measure/statistics.ts'
import type { Measured } from './judge.ts'
import { OPERATIONS } from './operations.ts'
import { Bench, effortOf, subjectOf, type Version } from './subjects.ts'

async function measure(name: string, basePath: string, newPath: string, order: number): Promise<Measured> {
  const operation = OPERATIONS.find((each) => each.name === name)
  if (operation === undefined) throw new RangeError(`there is no operation "${name}"`)
  // Each is the first, and the one called A, in every other process.
  const isSwapped = order % 2 === 1
  const sides = isSwapped ? (['new', 'base'] as const) : (['base', 'new'] as const)
  const bench = new Bench()
  try {
    const subjects = []
    for (const [at, side] of sides.entries()) {
      const path = side === 'base' ? basePath : newPath
      const types = (await import(pathToFileURL(path).href)) as typeof Package
      const version: Version = { side, types, suffix: 'AB'.charAt(at) }
      subjects.push(subjectOf(operation, version, bench))
    }
    const sampled = sampleInTurns(subjects, effortOf(operation))
    const [ofBase, ofNew] = (isSwapped ? sampled.reverse() : sampled) as [Sampled, Sampled]
    return {
      ratio: rounded(ratioOfRounds(ofNew.roundsNs, ofBase.roundsNs)),
      baseNs: rounded(median(ofBase.roundsNs)),
      newNs: rounded(median(ofNew.roundsNs)),
    }
  } finally {
    bench.dispose()
  }
}

const [name = '', basePath = '', newPath = '', order = '0'] = process.argv.slice(2)
console.log(JSON.stringify(await measure(name, basePath, newPath, Number(order))))
