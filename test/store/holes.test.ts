/** Files with holes, as a copy that leaves zeros out makes them: they have their blocks before anything is written. */
import { closeSync, openSync, readSync, statSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { TickStore } from '../processes/stores.ts'
import { mounted, NO_MOUNT } from '../support/mounted.ts'
import { tempPath } from '../support/temp.ts'
import { tickFile } from '../support/tick-files.ts'

const CAPACITY = 20_000
const MODES = ['one', 'many', 'unlocked'] as const

/** A store of which only the first page has blocks. */
function sparseStore(path = tempPath()): string {
  const whole = tickFile(1, { capacity: CAPACITY })
  const head = Buffer.alloc(4096)
  const from = openSync(whole, 'r')
  readSync(from, head)
  closeSync(from)
  const to = openSync(path, 'w')
  writeSync(to, head)
  closeSync(to)
  truncateSync(path, statSync(whole).size)
  return path
}

describe('a store with holes', () => {
  it.each(MODES)('has all of its blocks once it is open for writing: %s', (writers) => {
    const path = sparseStore()
    const { size, blocks } = statSync(path)
    expect(blocks * 512).toBeLessThan(size)
    using reader = TickStore.open(path, { readOnly: true })
    expect(statSync(path).blocks).toBe(blocks)
    using _store = TickStore.open(path, { writers })
    expect(statSync(path).size).toBe(size)
    expect(statSync(path).blocks * 512).toBeGreaterThanOrEqual(size)
    expect(reader.length).toBe(1)
  })

  it.each(MODES)('is refused where the disk has no room for them: %s', (writers, context?: unknown) => {
    const folder = mounted('size=512k')
    if (folder === undefined) return (context as { skip(why: string): never }).skip(NO_MOUNT)
    const path = sparseStore(join(folder, 'store.mmf'))
    const before = statSync(path).size
    try {
      TickStore.open(path, { writers })
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ code: 'ERR_NO_SPACE', path })
    }
    expect(statSync(path).size).toBe(before)
    using reader = TickStore.open(path, { readOnly: true })
    expect(reader.length).toBe(1)
  })
})
