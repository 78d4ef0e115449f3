/** How often an opening and a closing call the system, where most of their time goes. A higher limit takes a reason. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { StoreOptions } from '../../src/store/options.ts'
import { newReport, Seam } from '../faults/seam.ts'
import { TickStore } from '../processes/stores.ts'
import { tempPath } from '../support/temp.ts'
import { tickFile } from '../support/tick-files.ts'

/** Of the address space: the next store of a thread takes the range of one that is closed. */
const FIRST_ONLY = ['reserve', 'viewOf']

const seam = new Seam()
beforeAll(() => seam.install())

/** How often each call is made while a store is opened and closed. */
async function callsOf(options: StoreOptions): Promise<Record<string, number>> {
  // Where marks are left, if anywhere: they take calls too.
  const path = tickFile(3, { path: tempPath() })
  // What is asked for once in a process is asked for here.
  TickStore.open(path, options).close()
  const report = newReport()
  await seam.during(report, { fault: undefined, lacking: {}, isAsync: false }, () =>
    TickStore.open(path, options).close(),
  )
  const names = report.calls.map(({ name }) => name).filter((name) => !FIRST_ONLY.includes(name))
  return Object.fromEntries(
    [...new Set(names)].sort().map((name) => [name, names.filter((each) => each === name).length]),
  )
}

const total = (calls: Record<string, number>): number => Object.values(calls).reduce((sum, n) => sum + n, 0)

describe('opening and closing a store that was closed properly', () => {
  it.each<{ how: string; options: StoreOptions; most: number }>([
    { how: 'to read', options: { readOnly: true }, most: 18 },
    { how: 'as the one writer', options: {}, most: 47 },
    { how: 'as the first and last of many writers', options: { writers: 'many' }, most: 75 },
  ])('$how makes no more calls than it needs', async ({ options, most }) => {
    const calls = await callsOf(options)
    expect(total(calls), JSON.stringify(calls)).toBeLessThanOrEqual(most)
  })
})
