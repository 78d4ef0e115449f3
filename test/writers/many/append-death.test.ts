/** Writers that die in the middle of an append: the others append on, and nothing of it is ever seen. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { startProcess } from '../../processes/child.ts'
import { TickStore, tickAt } from '../../processes/stores.ts'
import { codeOf } from '../../support/errors.ts'
import { expectError } from '../../support/expect-error.ts'
import { TICK } from '../../support/tick-files.ts'
import { MANY, newStore, SMALL, STALL_MS, Writer } from './support.ts'

const HASTY = { ...MANY, stallTimeoutMs: 0 } as const
const ZEROS = { symbol: '', price: 0, volume: 0, timestamp: 0n }
/** As many as fit in the file without growth. */
const FULL = 64

const APPEND = { method: 'append', args: [TICK] }
const APPEND_MANY = { method: 'appendMany', args: [[TICK, TICK, TICK]] }

/** Ways to die, and how many records there are before. */
const DEATHS = {
  'before the file grows': ['growth', { isGrown: false, ...APPEND }, FULL],
  'when the file has grown': ['growth', { isGrown: true, ...APPEND }, FULL],
  'in the middle of the record': ['store', { view: 'u64', ...APPEND }, 3],
  'in the middle of the record, in a file that has grown': ['store', { view: 'u64', ...APPEND }, FULL],
  'before the record is counted': ['publication', APPEND, 3],
  'before many records are counted': ['publication', APPEND_MANY, 3],
  'in the middle of many records, when the file has grown': [
    'growth',
    { isGrown: true, ...APPEND_MANY },
    FULL - 1,
  ],
} as const

/** As proc_pid_stat(5) has it. */
function isStopped(pid: number): boolean {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') T ')
}

async function dieIn(path: string, [where, more]: readonly [string, object, number]): Promise<void> {
  const writer = await Writer.start(startProcess, path, HASTY)
  await writer.die(where, more)
}

describe.each(Object.entries(DEATHS))('a writer that dies in an append, %s,', (_, death) => {
  it('is followed at once by others that append, in clean records', async () => {
    const [, , length] = death
    const path = newStore(length)
    using store = TickStore.open(path, HASTY)
    using reader = TickStore.open(path, { ...SMALL, readOnly: true })
    await dieIn(path, death)
    expect([store.length, reader.length]).toEqual([length, length])
    expect(store.append()).toBe(length)
    expect(store.get(length)).toEqual(ZEROS)
    expect(store.appendMany([tickAt(1), tickAt(2)])).toBe(length + 1)
    using next = TickStore.open(path, HASTY)
    expect(next.append()).toBe(length + 3)
    for (let i = 0; i < 2 * FULL; i++) expect([store, next][i % 2]?.append()).toBe(length + 4 + i)
    const others = Array.from({ length: 2 * FULL + 1 }, () => ZEROS)
    for (const each of [store, next, reader]) {
      expect([...each.records(length)]).toEqual([ZEROS, tickAt(1), tickAt(2), ...others])
      expect(each.recovered).toEqual([])
    }
  })
})

describe('a writer that died in an append', () => {
  it('does not hold up others when somebody has its slot who appends nothing', async () => {
    const path = newStore()
    using store = TickStore.open(path, HASTY)
    await dieIn(path, DEATHS['before the record is counted'])
    // Is given the slot, and with it the name of who appends.
    using next = TickStore.open(path, HASTY)
    expect(store.append(tickAt(1))).toBe(3)
    expect(next.get(3)).toEqual(tickAt(1))
    expect(next.append(tickAt(2))).toBe(4)
    expect(store.append(tickAt(3))).toBe(5)
  })

  it.each(['one', 'many'] as const)(
    'leaves a store to the next to open it, as writers: %s',
    async (writers) => {
      const path = newStore(FULL)
      await dieIn(path, DEATHS['in the middle of the record, in a file that has grown'])
      using store = TickStore.open(path, { ...SMALL, writers, stallTimeoutMs: 0 })
      expect(store.recovered).toEqual([])
      expect(store.append()).toBe(FULL)
      expect(store.get(FULL)).toEqual(ZEROS)
      expect(store.capacity).toBeGreaterThan(FULL)
    },
  )
})

describe('a writer that is stopped in the middle of an append', () => {
  it('holds up others that append, and nobody else, until it goes on', async () => {
    const path = newStore()
    using store = TickStore.open(path, MANY)
    const writer = await Writer.start(startProcess, path)
    // Stands still with the appends its own: stopped by itself, after the record is written.
    writer.tell({ do: 'stop', ...APPEND })
    await expect.poll(() => isStopped(writer.pid), { interval: 5, timeout: 20_000 }).toBe(true)
    const began = performance.now()
    for (const append of [() => store.append(TICK), () => store.appendMany([TICK])]) {
      const error = expectError(append, 'ERR_WRITER_STALLED', { path })
      expect(error.message).toContain('another writer has been appending')
    }
    expect(performance.now() - began).toBeGreaterThanOrEqual(2 * STALL_MS)
    expect(store.appendMany([])).toBe(3)
    store.set(1, TICK)
    expect(store.get(1)).toEqual(TICK)
    expect(store.length).toBe(3)
    using opened = TickStore.open(path, HASTY)
    expect(codeOf(() => opened.append())).toBe('ERR_WRITER_STALLED')
    process.kill(writer.pid, 'SIGCONT')
    expect(await writer.child.next()).toEqual({ result: 3 })
    expect(store.append(tickAt(4))).toBe(4)
    expect([...store.records(3)]).toEqual([TICK, tickAt(4)])
    await writer.close()
  })
})
