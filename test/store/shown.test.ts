/** What `console.log` and `JSON.stringify` show of a store. */
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { defineStore, int64, str } from '../../src/index.ts'
import { tempPath } from '../support/temp.ts'

const TickStore = defineStore('Tick', { version: 1 }, { symbol: str(8), volume: int64 })

describe('a store', () => {
  it('is shown by its name and what it is, without its typed arrays', () => {
    const path = tempPath()
    using ticks = TickStore.create(path)
    ticks.append({ symbol: 'A', volume: 1n })
    const shown = `TickStore {\n  path: '${path}',\n  length: 1,\n  capacity: 64,\n  readOnly: false,\n  closed: false\n}`
    expect(inspect(ticks, { breakLength: 40 })).toBe(shown)
    expect(inspect({ ticks }).split('\n').length).toBeLessThan(12)
    expect(JSON.parse(JSON.stringify({ ticks }))).toEqual({
      ticks: { path, length: 1, capacity: 64, readOnly: false, closed: false },
    })
  })

  it('that is closed is shown all the same', () => {
    const ticks = TickStore.create(':memory:')
    ticks.close()
    const shown = { path: ':memory:', length: 0, capacity: 0, readOnly: false, closed: true }
    expect(JSON.parse(JSON.stringify(ticks))).toEqual(shown)
    expect(inspect(ticks)).toContain('closed: true')
  })

  it('is shown by Deno in the way that it asks for', () => {
    using ticks = TickStore.create(':memory:')
    const show = (ticks as unknown as Record<symbol, (inspect: unknown, options: object) => string>)[
      Symbol.for('Deno.customInspect')
    ]
    expect(show?.call(ticks, (value: object) => JSON.stringify(value), {})).toBe(
      `TickStore ${JSON.stringify(ticks)}`,
    )
  })
})
