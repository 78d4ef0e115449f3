/** The options: what they do, and that a bad one is refused before anything has happened. */
import { constants } from 'node:buffer'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { defineStore, str } from 'mmapforge'
import { describe, expect, it } from 'vitest'
import { TickStore } from '../processes/stores.ts'
import { type AnyStore, openedOf } from '../support/any-store.ts'
import { codeOf, forgeErrorOf } from '../support/errors.ts'
import { refusal } from '../support/refusal.ts'
import { tempPath } from '../support/temp.ts'
import { RECORD_BYTES, TICK } from '../support/tick-files.ts'

const HOWS = ['create', 'open', 'openOrCreate'] as const
const HEADER_BYTES = 64

/** Opens with options that the compiler would refuse. */
function openWith(how: (typeof HOWS)[number], path: string, options: unknown): unknown {
  return TickStore[how](path, options as { readOnly: true })
}

const WRONG_TYPE = 'ERR_TYPE_MISMATCH'
const OUT_OF_RANGE = 'ERR_VALUE_OUT_OF_RANGE'
const BAD: readonly (readonly [string, unknown, string])[] = [
  ['readOnly', 1, WRONG_TYPE],
  ['readOnly', 'true', WRONG_TYPE],
  ['readOnly', null, WRONG_TYPE],
  ['writers', 'two', OUT_OF_RANGE],
  ['writers', 'One', OUT_OF_RANGE],
  ['writers', 1, OUT_OF_RANGE],
  ['writers', null, OUT_OF_RANGE],
  ['access', 'rand', OUT_OF_RANGE],
  ['access', null, OUT_OF_RANGE],
  ['access', 0, OUT_OF_RANGE],
  ['capacity', '64', WRONG_TYPE],
  ['capacity', 64n, WRONG_TYPE],
  ['capacity', null, WRONG_TYPE],
  ['capacity', 0, OUT_OF_RANGE],
  ['capacity', -1, OUT_OF_RANGE],
  ['capacity', 1.5, OUT_OF_RANGE],
  ['capacity', Number.NaN, OUT_OF_RANGE],
  ['capacity', Infinity, OUT_OF_RANGE],
  ['capacity', 2 ** 32, OUT_OF_RANGE],
  ['mode', '600', WRONG_TYPE],
  ['mode', '0o600', WRONG_TYPE],
  ['mode', 384n, WRONG_TYPE],
  ['mode', null, WRONG_TYPE],
  ['mode', 0, OUT_OF_RANGE],
  ['mode', 0o400, OUT_OF_RANGE],
  ['mode', 0o577, OUT_OF_RANGE],
  ['mode', 0o1000, OUT_OF_RANGE],
  ['mode', 0o1666, OUT_OF_RANGE],
  ['mode', 600, OUT_OF_RANGE],
  ['mode', 0o600 + 0.5, OUT_OF_RANGE],
  ['mode', -1, OUT_OF_RANGE],
  ['mode', Number.NaN, OUT_OF_RANGE],
  ['reserve', '1', WRONG_TYPE],
  ['reserve', 1n, WRONG_TYPE],
  ['reserve', null, WRONG_TYPE],
  ['reserve', -1, OUT_OF_RANGE],
  ['reserve', 0.5, OUT_OF_RANGE],
  ['reserve', Number.NaN, OUT_OF_RANGE],
  ['reserve', 2 ** 53, OUT_OF_RANGE],
  ['stallTimeoutMs', '1', WRONG_TYPE],
  ['stallTimeoutMs', 1n, WRONG_TYPE],
  ['stallTimeoutMs', null, WRONG_TYPE],
  ['stallTimeoutMs', -1, OUT_OF_RANGE],
  ['stallTimeoutMs', Number.NaN, OUT_OF_RANGE],
  ['stallTimeoutMs', Infinity, OUT_OF_RANGE],
  ['lockTimeoutMs', '1', WRONG_TYPE],
  ['lockTimeoutMs', -1, OUT_OF_RANGE],
  ['lockTimeoutMs', Number.NaN, OUT_OF_RANGE],
  ['lockTimeoutMs', Infinity, OUT_OF_RANGE],
]

describe('a bad option', () => {
  it.each(BAD)('%s: %o is refused', (name, value, code) => {
    for (const how of HOWS) {
      for (const path of [tempPath(), ':memory:']) {
        const error = forgeErrorOf(() => openWith(how, path, { [name]: value }))
        expect(error.code).toBe(code)
        expect(error.message).toContain(`the option ${name} must be`)
        if (path !== ':memory:') expect(readdirSync(dirname(path))).toEqual([])
      }
    }
  })

  it.each(BAD)('%s: %o changes nothing in a store that is there', (name, value, code) => {
    const path = tempPath()
    TickStore.create(path).close()
    for (const how of ['open', 'openOrCreate'] as const) {
      const error = refusal(dirname(path), () => openWith(how, path, { [name]: value }))
      expect(error.code).toBe(code)
    }
  })

  it.each([{ readonly: true }, { writer: 'one' }, { capacity: 1, size: undefined }])(
    'that does not exist is named: %j',
    (options) => {
      const name = Object.keys(options).at(-1)
      for (const how of HOWS) {
        const path = tempPath()
        const error = forgeErrorOf(() => openWith(how, path, options))
        expect(error.code).toBe(WRONG_TYPE)
        expect(error.message).toContain(`no option "${name}"`)
        expect(readdirSync(dirname(path))).toEqual([])
      }
    },
  )

  it.each([[null], ['readOnly'], [true], [7], [() => undefined], [[]], [[{ readOnly: true }]]])(
    'options that are %s are none',
    (options) => {
      for (const how of HOWS) {
        const path = tempPath()
        expect(codeOf(() => openWith(how, path, options))).toBe(WRONG_TYPE)
        expect(readdirSync(dirname(path))).toEqual([])
      }
    },
  )

  it('undefined is the default', () => {
    const path = tempPath()
    using store = TickStore.create(path, {
      readOnly: undefined,
      writers: undefined,
      capacity: undefined,
      mode: undefined,
      reserve: undefined,
      access: undefined,
      stallTimeoutMs: undefined,
      lockTimeoutMs: undefined,
    })
    expect(store.readOnly).toBe(false)
    expect(store.capacity).toBe(64)
    expect(codeOf(() => TickStore.open(path))).toBe('ERR_LOCKED')
  })
})

describe('readOnly', () => {
  it('creates nothing', () => {
    for (const how of ['open', 'openOrCreate'] as const) {
      const path = tempPath()
      expect(codeOf(() => TickStore[how](path, { readOnly: true }))).toBe('ENOENT')
      expect(readdirSync(dirname(path))).toEqual([])
    }
    const path = tempPath()
    expect(codeOf(() => TickStore.create(path, { readOnly: true }))).toBe('ERR_READ_ONLY')
    expect(readdirSync(dirname(path))).toEqual([])
  })
})

describe('capacity', () => {
  it.each([1, 2, 63, 64, 1000])('%i makes a file for so many records, exactly', (capacity) => {
    const path = tempPath()
    using store = TickStore.create(path, { capacity })
    expect(store.capacity).toBe(capacity)
    expect(statSync(path).size).toBe(HEADER_BYTES + capacity * RECORD_BYTES)
    expect(readFileSync(path).readBigUInt64LE(56)).toBe(BigInt(capacity))
    for (let i = 0; i <= capacity; i++) expect(store.append(TICK)).toBe(i)
    expect(store.capacity).toBeGreaterThan(capacity)
    expect(store.get(capacity)).toEqual(TICK)
  })

  it('says nothing to a store that is there', () => {
    const path = tempPath()
    TickStore.create(path, { capacity: 3 }).close()
    using store = TickStore.openOrCreate(path, { capacity: 100 })
    expect(store.capacity).toBe(3)
  })

  const Huge = defineStore('Huge', { version: 1 }, { a: str(2 ** 28), b: str(2 ** 28), c: str(2 ** 28) })
  const MAX_CAPACITY = 2 ** 32 - 1

  it('beyond what can be mapped is too large, and nothing is left', () => {
    const path = tempPath()
    for (const writers of ['one', 'unlocked'] as const) {
      for (const how of ['create', 'openOrCreate'] as const) {
        const error = refusal(dirname(path), () => Huge[how](path, { capacity: MAX_CAPACITY, writers }))
        expect(error).toMatchObject({ code: 'ERR_TOO_LARGE', path })
      }
    }
    expect(codeOf(() => Huge.create(':memory:', { capacity: MAX_CAPACITY }))).toBe('ERR_TOO_LARGE')
    expect(readdirSync(dirname(path))).toEqual([])
  })

  it.skipIf(constants.MAX_LENGTH > 2 ** 33)(
    'beyond 4 GiB is too large for a runtime that maps no more',
    () => {
      const path = tempPath()
      const capacity = Math.ceil((constants.MAX_LENGTH - HEADER_BYTES) / RECORD_BYTES)
      const error = refusal(dirname(path), () => TickStore.create(path, { capacity }))
      expect(error).toMatchObject({ code: 'ERR_TOO_LARGE', path })
      expect(error.message).toContain('Node.js 22')
    },
  )
})

describe('reserve', () => {
  const bufferOf = (store: object): unknown => openedOf(store as AnyStore).region.buffer

  it('keeps growth in place as far as it goes', () => {
    using store = TickStore.create(tempPath(), { reserve: 2 ** 20 })
    store.append(TICK)
    const buffer = bufferOf(store)
    while (HEADER_BYTES + store.capacity * RECORD_BYTES <= 2 ** 19) store.append(TICK)
    expect(store.length).toBeGreaterThan(1000)
    expect(bufferOf(store)).toBe(buffer)
  })

  it('may be outgrown: views from before stay live', () => {
    using store = TickStore.create(tempPath(), { reserve: 0 })
    store.append(TICK)
    const view = store.viewSymbol(0)
    const buffer = bufferOf(store)
    for (let i = 1; i < 10_000; i++) store.append({ ...TICK, timestamp: BigInt(i) })
    expect(bufferOf(store)).not.toBe(buffer)
    store.setSymbol(0, 'MSFT')
    expect(Buffer.from(view).toString()).toBe('MSFT')
    for (let i = 1; i < 10_000; i++) expect(store.getTimestamp(i)).toBe(BigInt(i))
  })

  it('may be more than there is address space for', () => {
    using store = TickStore.create(tempPath(), { reserve: Number.MAX_SAFE_INTEGER })
    store.append(TICK)
    expect(store.get(0)).toEqual(TICK)
  })
})

describe('access', () => {
  // smaps(5): the flags of a mapping, `rr` for random and `sr` for sequential reading.
  it.each([
    ['random', 'rr'],
    ['sequential', 'sr'],
    [undefined, undefined],
  ] as const)('%s tells the kernel', (access, flag) => {
    const path = tempPath()
    TickStore.create(path).close()
    for (const readOnly of [false, true]) {
      using store = TickStore.open(path, { access, readOnly })
      expect(store.length).toBe(0)
      const flags = flagsOf(path).filter((each) => each === 'rr' || each === 'sr')
      expect(flags).toEqual(flag === undefined ? [] : [flag])
    }
  })
})

/** The flags of the mapping of a file. */
function flagsOf(path: string): string[] {
  const smaps = readFileSync('/proc/self/smaps', 'utf8')
  const mapping = smaps.slice(smaps.indexOf(path))
  return /VmFlags: (.*)/.exec(mapping)?.[1]?.split(' ') ?? []
}
