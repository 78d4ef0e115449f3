/** The schema file: written with the store, checked where it is there. */
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { defineStore, float64, named, type StoreOptions, str, uint53, uint64 } from 'mmapforge'
import { beforeEach, describe, expect, it } from 'vitest'
import { TickStore } from '../processes/stores.ts'
import { refusal } from '../support/refusal.ts'
import { tempFolder, tempPath } from '../support/temp.ts'
import { TICK, tickFile } from '../support/tick-files.ts'

const newStore = (): string => tickFile(1, { path: tempPath('ticks.mmf') })

const schemaFileOf = (path: string): string => `${path}.schema.json`

/** Expects a writer and a reader to be refused, without a trace. */
function expectRefused(
  path: string,
  code: string,
  words: readonly string[],
  open = (at: string, options?: StoreOptions): unknown => TickStore.open(at, options),
): void {
  for (const options of [undefined, { readOnly: true }, { writers: 'unlocked' }] as const) {
    const error = refusal(dirname(path), () => open(path, options))
    expect(error).toMatchObject({ code })
    for (const word of words) expect(error.message).toContain(word)
  }
}

it('is written on creation, and says what the header has no room for', () => {
  const path = newStore()
  const beside = ['.lock', '.schema.json', '.wake'].map((suffix) => `ticks.mmf${suffix}`)
  expect(readdirSync(dirname(path)).sort()).toEqual(['ticks.mmf', ...beside])
  expect(JSON.parse(readFileSync(schemaFileOf(path), 'utf8'))).toEqual({
    sidecarVersion: 1,
    formatVersion: 1,
    schemaName: 'Tick',
    schemaVersion: 1,
    schemaHash: readFileSync(path).subarray(8, 40).toString('hex'),
    recordSizeBytes: 104,
    fields: [
      { name: 'symbol', type: 'string', offsetBytes: 8, sizeBytes: 68 },
      { name: 'price', type: 'float64', offsetBytes: 80, sizeBytes: 8 },
      { name: 'volume', type: 'float64', offsetBytes: 88, sizeBytes: 8 },
      { name: 'timestamp', type: 'uint64', offsetBytes: 96, sizeBytes: 8 },
    ],
  })
})

it('is not touched by opening, whether to read or to write', () => {
  const path = newStore()
  const before = readFileSync(schemaFileOf(path), 'utf8')
  for (const options of [{ readOnly: true }, {}, { writers: 'unlocked' }] as const) {
    using store = TickStore.open(path, options)
    expect(store.get(0)).toEqual(TICK)
  }
  expect(readFileSync(schemaFileOf(path), 'utf8')).toBe(before)
})

it('may be absent: then the hash decides, and none is made', () => {
  const path = newStore()
  rmSync(schemaFileOf(path))
  for (const options of [{ readOnly: true }, {}] as const) {
    using store = TickStore.open(path, options)
    expect(store.get(0)).toEqual(TICK)
  }
  expect(readdirSync(dirname(path)).sort()).toEqual(['ticks.mmf', 'ticks.mmf.lock', 'ticks.mmf.wake'])
})

it('is found where the store is opened through a symbolic link', () => {
  const path = newStore()
  const link = join(tempFolder(), 'link.mmf')
  symlinkSync(path, link)
  using store = TickStore.open(link)
  expect(store.get(0)).toEqual(TICK)
  expect(store.path).toBe(link)
  expectRefusedAsReordered(link)
  expect(readdirSync(dirname(link))).toEqual(['link.mmf'])
})

/** The fields of Tick in another order: an equal hash, and another layout. */
const Reordered = defineStore(
  'Tick',
  { version: 1 },
  { symbol: str(64), volume: float64, price: float64, timestamp: uint64 },
)

function expectRefusedAsReordered(path: string): void {
  const error = refusal(dirname(path), () => Reordered.open(path, { readOnly: true }))
  expect(error).toMatchObject({ code: 'ERR_SCHEMA_MISMATCH' })
  expect(error.message).toContain(`"volume" stands at byte 88 of the file's records, at 80 of the schema's`)
  expect(error.message).toContain(`"price" stands at byte 80 of the file's records, at 88 of the schema's`)
  for (const other of ['"symbol"', '"timestamp"']) expect(error.message).not.toContain(other)
}

describe('reordered fields', () => {
  it('share their hash, and are told apart by the schema file', () => {
    expect(Reordered.definition.hash).toEqual(TickStore.definition.hash)
    const path = newStore()
    expectRefusedAsReordered(path)
    expectRefused(path, 'ERR_SCHEMA_MISMATCH', ['another layout', 'price', 'volume'], (at, options) =>
      Reordered.open(at, options),
    )
    TickStore.open(path).close()
  })

  it('are not told apart without one, as the original does not', () => {
    const path = newStore()
    rmSync(schemaFileOf(path))
    using store = Reordered.open(path)
    expect(store.getPrice(0)).toBe(TICK.volume)
  })

  it('that make records of another size are named too', () => {
    const A = defineStore('Gap', { version: 1 }, { a: str(1), b: str(2), c: uint64 })
    const B = defineStore('Gap', { version: 1 }, { a: str(1), c: uint64, b: str(2) })
    expect(A.definition.hash).toEqual(B.definition.hash)
    expect(A.definition.layout.recordSizeBytes).toBe(B.definition.layout.recordSizeBytes)
    const path = tempPath()
    A.create(path).close()
    expectRefused(path, 'ERR_SCHEMA_MISMATCH', ['"b" stands at', '"c" stands at'], (at, options) =>
      B.open(at, options),
    )
  })
})

describe('what is no difference', () => {
  it('is another name for the record or a property, or a number instead of a bigint', () => {
    const path = newStore()
    const Renamed = defineStore(
      'Trade',
      { version: 1 },
      { code: named('symbol', str(64)), price: float64, volume: float64, timestamp: uint53 },
    )
    using store = Renamed.open(path)
    expect(store.get(0)).toEqual({ code: 'AAPL', price: 189.5, volume: 52e6, timestamp: 1 })
  })

  it('is what a later sidecar of the same version says besides', () => {
    const path = newStore()
    const sidecar = JSON.parse(readFileSync(schemaFileOf(path), 'utf8')) as object
    writeFileSync(schemaFileOf(path), JSON.stringify({ ...sidecar, writtenBy: 'someone' }))
    TickStore.open(path).close()
  })
})

describe('a sidecar that is', () => {
  let path = ''
  beforeEach(() => {
    path = newStore()
  })

  it.each(['', '{', 'null!', '{"sidecarVersion": 1,', 'MMFG\u0001'])('not JSON (%j) is corrupted', (text) => {
    writeFileSync(schemaFileOf(path), text)
    expectRefused(path, 'ERR_CORRUPTED', [schemaFileOf(path), 'not JSON', 'delete it'])
  })

  it.each(['null', '3', '"a"', '[]', '{}', 'true', '{"sidecarVersion":"1"}', '{"fields":[]}'])(
    'other JSON (%s) is corrupted',
    (text) => {
      writeFileSync(schemaFileOf(path), text)
      expectRefused(path, 'ERR_CORRUPTED', [schemaFileOf(path), 'not a schema file'])
    },
  )

  it.each([0, 2, 1e9, -1, 1.5])('of version %d is of an unknown one', (sidecarVersion) => {
    writeFileSync(schemaFileOf(path), JSON.stringify({ sidecarVersion }))
    expectRefused(path, 'ERR_UNSUPPORTED_VERSION', [`version ${sidecarVersion},`, 'upgrade'])
  })

  it.each([
    ['schemaHash', undefined],
    ['schemaHash', 3],
    ['schemaName', null],
    ['schemaVersion', '1'],
    ['formatVersion', undefined],
    ['recordSizeBytes', '104'],
    ['fields', undefined],
    ['fields', {}],
    ['fields', [null]],
    ['fields', [{ name: 'symbol', type: 'string', offsetBytes: 8 }]],
    ['fields', [{ name: 1, type: 'string', offsetBytes: 8, sizeBytes: 8 }]],
  ])('wrong in its %s (%j) is corrupted', (key, value) => {
    const sidecar = JSON.parse(goodSidecar()) as object
    writeFileSync(schemaFileOf(path), JSON.stringify({ ...sidecar, [key]: value }))
    expectRefused(path, 'ERR_CORRUPTED', [schemaFileOf(path), 'lacks some of its entries'])
  })

  it.each([
    [{ recordSizeBytes: 112 }, 'another layout'],
    [{ fields: [] }, '"symbol" (string) is not in the file'],
    [
      { fields: [{ name: 'x', type: 'bool', offsetBytes: 8, sizeBytes: 1 }] },
      '"x" (bool) is only in the file',
    ],
    [{ schemaHash: '' }, 'belongs to another file'],
  ])('changed to %j is a mismatch', (change, words) => {
    const sidecar = JSON.parse(goodSidecar()) as object
    writeFileSync(schemaFileOf(path), JSON.stringify({ ...sidecar, ...change }))
    expectRefused(path, 'ERR_SCHEMA_MISMATCH', [words])
  })

  it('of another file is a mismatch that says so', () => {
    const other = tempPath()
    defineStore('Other', { version: 1 }, { a: float64 }).create(other).close()
    copyFileSync(schemaFileOf(other), schemaFileOf(path))
    expectRefused(path, 'ERR_SCHEMA_MISMATCH', [schemaFileOf(path), 'belongs to another file'])
  })

  it('a folder is EISDIR', () => {
    rmSync(schemaFileOf(path))
    mkdirSync(schemaFileOf(path))
    expectRefused(path, 'EISDIR', [])
  })

  function goodSidecar(): string {
    return readFileSync(schemaFileOf(path), 'utf8')
  }
})
