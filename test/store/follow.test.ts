/** Readers follow what other processes and threads append, through every growth of the file. */
import { statSync, truncateSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { BESIDE, startProcess, startWorker } from '../processes/child.ts'
import { TickStore, tickAt } from '../processes/stores.ts'
import { expectError } from '../support/expect-error.ts'
import { countOf, recordOffsetBytes, setCount, tickFile } from '../support/tick-files.ts'

const COUNT = 100_000
const INITIAL_CAPACITY = 64

const newStore = (count = 0): string => tickFile(count, { recordAt: tickAt })

describe.each(BESIDE)('a writer in another %s', (_where, startAside) => {
  it('is followed through growth by readers here, in a process and in a worker thread', async () => {
    const path = newStore()
    using here = TickStore.open(path, { readOnly: true })
    using cramped = TickStore.open(path, { readOnly: true, reserve: 0 })
    const readers = [
      startProcess('reader.mjs', { path, count: COUNT }),
      startWorker('reader.mjs', { path, count: COUNT, options: { reserve: 0, access: 'sequential' } }),
    ]
    for (const reader of readers) {
      expect(await reader.next()).toEqual({ ready: true, length: 0, capacity: INITIAL_CAPACITY })
    }
    const writer = startAside('writer.mjs', { path, count: COUNT })
    expect(await writer.next()).toMatchObject({ ready: true, length: 0 })
    writer.send('go')

    let checked = 0
    while (checked < COUNT) {
      const { length } = here
      expect(length).toBeGreaterThanOrEqual(checked)
      for (; checked < length; checked++) {
        // Comparisons by `expect` take far longer than the writer does.
        if (here.getTimestamp(checked) !== BigInt(checked)) expect(here.get(checked)).toEqual(tickAt(checked))
        if (checked % 97 === 0) expect(cramped.get(checked)).toEqual(tickAt(checked))
      }
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await writer.next()).toEqual({ done: true })
    for (const reader of readers) expect(await reader.next()).toMatchObject({ checked: COUNT })
    expect(here.capacity).toBeGreaterThanOrEqual(COUNT)
    expect([...here.records(COUNT - 1000)]).toEqual(
      Array.from({ length: 1000 }, (_, i) => tickAt(COUNT - 1000 + i)),
    )
    expect(here.length).toBe(COUNT)
  })
})

describe('a reader', () => {
  it('sees a record when it is whole, wherever it looks first', () => {
    const path = newStore(3)
    using reader = TickStore.open(path, { readOnly: true })
    using writer = TickStore.open(path)
    const looks = [
      (i: number) => reader.get(i),
      (i: number) => ({ ...tickAt(i), symbol: reader.getSymbol(i) }),
      (i: number) => ({ ...tickAt(i), symbol: Buffer.from(reader.viewSymbol(i)).toString() }),
      (i: number) => [...reader.records(i)][0],
      (i: number) => [...reader].at(i),
    ]
    for (const look of looks) {
      const i = writer.length
      expectError(() => reader.get(i), 'ERR_OUT_OF_BOUNDS', { path })
      for (let n = 0; n < 1000; n++) writer.append(tickAt(i + n))
      expect(look(i)).toEqual(tickAt(i))
      expect(look(i + 999)).toEqual(tickAt(i + 999))
    }
  })

  it('iterates on to what is appended meanwhile', () => {
    const path = newStore(1)
    using reader = TickStore.open(path, { readOnly: true })
    using writer = TickStore.open(path)
    let seen = 0
    for (const tick of reader) {
      expect(tick).toEqual(tickAt(seen++))
      if (seen < 500) writer.append(tickAt(seen))
    }
    expect(seen).toBe(500)
  })

  it('sees changes of records that it has read before', () => {
    const path = newStore(1)
    using reader = TickStore.open(path, { readOnly: true })
    using writer = TickStore.open(path)
    for (let i = 0; i < 100; i++) {
      writer.set(0, tickAt(i))
      expect(reader.get(0)).toEqual(tickAt(i))
    }
  })

  it('does not change a byte or a time of the file, nor keep the writer from growing it', () => {
    const path = newStore(10)
    const before = statSync(path, { bigint: true })
    {
      using reader = TickStore.open(path, { readOnly: true })
      expect([...reader]).toHaveLength(10)
      reader.sync()
    }
    const after = statSync(path, { bigint: true })
    expect([after.mtimeNs, after.ctimeNs, after.size]).toEqual([before.mtimeNs, before.ctimeNs, before.size])
  })
})

describe('an unlocked writer', () => {
  it('goes on where another left off, growth included', () => {
    const path = newStore()
    using first = TickStore.open(path, { writers: 'unlocked' })
    using second = TickStore.open(path, { writers: 'unlocked', reserve: 0 })
    for (let i = 0; i < 2000; i++) expect((i % 3 === 0 ? first : second).append(tickAt(i))).toBe(i)
    first.setPrice(1999, -1)
    expect(second.get(1999)).toEqual({ ...tickAt(1999), price: -1 })
    expect([...first].slice(0, -1)).toEqual(Array.from({ length: 1999 }, (_, i) => tickAt(i)))
  })
})

// A load from a page that is no longer in the file ends the process: no call can catch that. What the header and the
// size of the file do tell is an error.
describe('a file damaged under the hands of a reader', () => {
  it('by a count above what it holds is corrupted, until that is undone', () => {
    const path = newStore(10)
    using reader = TickStore.open(path, { readOnly: true })
    using writer = TickStore.open(path)
    setCount(path, 65)
    for (const store of [reader, writer]) {
      const error = expectError(() => store.get(10), 'ERR_CORRUPTED', { path })
      expect(error.message).toContain('counts 65 records')
      expect(error.message).toContain('room for 64')
      expect(store.get(9)).toEqual(tickAt(9))
    }
    expectError(() => writer.append(tickAt(65)), 'ERR_CORRUPTED', { path })
    setCount(path, 10)
    expectError(() => reader.get(10), 'ERR_OUT_OF_BOUNDS', { path })
    expect(writer.append(tickAt(10))).toBe(10)
    expect(reader.get(10)).toEqual(tickAt(10))
  })

  it.each([2 ** 32 + 10, 2 ** 32 + 11, 2 ** 63])(
    'by a count of %d, though its low half may be',
    async (count) => {
      const path = newStore(10)
      using reader = TickStore.open(path, { readOnly: true })
      using writer = TickStore.open(path)
      setCount(path, count)
      for (const store of [reader, writer]) {
        for (const use of [
          () => store.length,
          () => store.get(10),
          () => [...store],
          () => store.appended(),
        ]) {
          const error = expectError(use, 'ERR_CORRUPTED', { path })
          expect(error.message).toContain(`counts ${count} records`)
        }
        await expect(store.waitForLength(11)).rejects.toMatchObject({ code: 'ERR_CORRUPTED', path })
      }
      for (const append of [() => writer.append(tickAt(10)), () => writer.appendMany([tickAt(10)])]) {
        expectError(append, 'ERR_CORRUPTED', { path })
      }
      expect(countOf(path)).toBe(BigInt(count))
      setCount(path, 10)
      expect(writer.append(tickAt(10))).toBe(10)
      expect([reader.length, reader.get(10)]).toEqual([11, tickAt(10)])
    },
  )

  it('by a count that it has room for, but no index reaches, is too large', (context) => {
    const path = newStore(10)
    using reader = TickStore.open(path, { readOnly: true })
    try {
      truncateSync(path, recordOffsetBytes(2 ** 32))
    } catch {
      context.skip('the file system has no files of this size')
    }
    setCount(path, 2 ** 32)
    expectError(() => reader.length, 'ERR_TOO_LARGE', { path })
    expectError(() => reader.get(10), 'ERR_TOO_LARGE', { path })
    setCount(path, 10)
    expect(reader.length).toBe(10)
  })

  it('by cutting it is corrupted, where a count leads beyond its end', () => {
    const path = newStore(100)
    using reader = TickStore.open(path, { readOnly: true })
    truncateSync(path, 4096)
    setCount(path, 1000)
    const error = expectError(() => reader.get(500), 'ERR_CORRUPTED', { path })
    expect(error.message).toContain('was cut')
    expect(reader.get(5)).toEqual(tickAt(5))
  })

  it('by cutting it is corrupted to a writer that would grow it', () => {
    const path = newStore(64)
    const writer = TickStore.open(path)
    truncateSync(path, 4096)
    expectError(() => writer.append(tickAt(64)), 'ERR_CORRUPTED', { path })
    expect(statSync(path).size).toBe(4096)
    writer.close()
  })
})
