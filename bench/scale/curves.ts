/** Where caches and page faults set in: the same accesses over more and more records, beside bare typed arrays. */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { bareClass } from '../baselines/bare.ts'
import { fresh } from '../measure/fresh-function.ts'
import { fileSystemOf, runtimeHere, today } from '../measure/machine.ts'
import { rounded } from '../measure/statistics.ts'
import { MarketStore } from '../operations/records.ts'
import { type AnyStore, market } from '../operations/sample-records.ts'
import type { ScalePart, ScalePoint } from '../results/results.ts'

const COUNTS = [1e3, 1e4, 1e5, 1e6, 1e7]
const LARGE_COUNT = 1e8
/** Reads of one measurement: enough to take milliseconds, few enough for ten million records. */
const READS = 1_000_000
const REPEATS = 5
/** The fewest records of a measurement of appends: of a smaller store, several are filled. */
const APPENDS = 100_000

/** The loops over a store, each compiled anew for each subject. */
const LOOPS = {
  append: 'for (let i = 0; i < count; i++) subject.append(record)',
  // Round and round for the small ones.
  sequential:
    'for (let i = 0, index = 0; i < n; i++) { if (subject.getPrice(index) === -1.25) sum++; if (++index === count) index = 0 }',
  // A generator of full period, so that each record has its turn; the next index doesn't wait for the last read.
  random:
    'for (let i = 0, x = 1; i < n; i++) { x = (Math.imul(x, 1664525) + 1013904223) | 0; ' +
    'if (subject.getPrice(Math.floor((x >>> 0) * scale)) === -1.25) sum++ }',
}

interface Opened {
  readonly subject: AnyStore
  /** Statements that sum a field over all records. */
  readonly scan: string
  close(): void
  /** Closes it and measures how long it takes to open it again, in nanoseconds; undefined where there is nothing to open. */
  readonly reopen?: () => number
}

export function scaleCurves(parent: string, isLarge: boolean): ScalePart {
  const points: ScalePoint[] = []
  const folder = mkdtempSync(join(parent, 'mmapforge-scale-'))
  try {
    // What is thrown away: the first points are not to pay for the compiler.
    pointOf('store', APPENDS, () => openStore(folder))
    pointOf('bare', APPENDS, () => openBare(APPENDS))
    for (const count of isLarge ? [...COUNTS, LARGE_COUNT] : COUNTS) {
      points.push(pointOf('store', count, () => openStore(folder)))
      points.push(pointOf('bare', count, () => openBare(count)))
      for (const point of points.slice(-2)) console.log(JSON.stringify(point))
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return { date: today(), runtime: runtimeHere(), fileSystem: fileSystemOf(parent), points }
}

function pointOf(subject: ScalePoint['subject'], count: number, open: () => Opened): ScalePoint {
  const point = { count, subject }
  const none = { append: null, sequential: null, random: null, scan: null, open: null }
  let opened: Opened
  try {
    opened = open()
  } catch (error) {
    // A runtime may have no ArrayBuffer of that size.
    console.log(`${subject} of ${count}: ${(error as Error).message}`)
    return { ...point, ...none }
  }
  const loop = (source: string) => compile(source, count)
  const append = loop(LOOPS.append)
  let appendNs = timeOf(() => append(opened.subject)) / count
  // Small stores are filled over and over, so that the first, before any code is compiled, does not tell.
  for (let filled = count; filled < APPENDS; filled += count) {
    opened.close()
    opened = open()
    appendNs = Math.min(appendNs, timeOf(() => append(opened.subject)) / count)
  }
  const best = (source: string, operations: number) => {
    const run = loop(source)
    const times = Array.from({ length: REPEATS + 1 }, () => timeOf(() => run(opened.subject)))
    return rounded(Math.min(...times) / operations)
  }
  // A scan of few records is repeated within the loop that is timed.
  const scans = Math.max(1, Math.floor(READS / count))
  const result = {
    ...point,
    append: rounded(appendNs),
    sequential: best(LOOPS.sequential, READS),
    random: best(LOOPS.random, READS),
    scan: best(`for (let scan = 0; scan < ${scans}; scan++) { ${opened.scan} }`, scans * count),
    open: opened.reopen ? rounded(Math.min(...Array.from({ length: 5 }, opened.reopen))) : null,
  }
  opened.close()
  return result
}

function compile(source: string, count: number): (subject: AnyStore) => number {
  return fresh(
    { record: market(7) },
    `return function run(subject) {
      const count = ${count}, n = ${READS}, scale = ${count / 2 ** 32}
      let sum = 0
      ${source}
      return sum
    }`,
  )
}

function timeOf(run: () => unknown): number {
  const began = performance.now()
  run()
  return (performance.now() - began) * 1e6
}

function openStore(folder: string): Opened {
  for (const name of readdirSync(folder)) rmSync(join(folder, name))
  const path = join(folder, 'store.mmf')
  let store = MarketStore.create(path)
  return {
    get subject() {
      return store as unknown as AnyStore
    },
    scan: "const total = { sum: 0.5 }; subject.scan({ fields: ['price'] }, (price) => { total.sum += price }); sum += total.sum",
    close: () => store.close(),
    reopen: () => {
      store.close()
      return timeOf(() => {
        store = MarketStore.open(path)
      })
    },
  }
}

/** Bare typed arrays with room from the start: they can't grow without being copied. */
function openBare(count: number): Opened {
  const { layout } = MarketStore.definition
  const bare = bareClass(layout)(count) as AnyStore
  let length = 0
  const { set } = bare
  const subject = Object.assign(bare, {
    append: (record: unknown) => set?.call(bare, length++, record),
  })
  const price = layout.fields.find(({ property }) => property === 'price')?.offsetBytes as number
  return {
    subject,
    scan: `const f64 = subject.f64
      for (let i = 0; i < count; i++) sum += f64[i * ${layout.recordSizeBytes / 8} + ${(64 + price) / 8}]`,
    close: () => undefined,
  }
}
