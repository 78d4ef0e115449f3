/** Bytes in a file that are no value of their field: each is an error that names record and field, and nothing else is. */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { closureStore } from '../../../src/codegen/closures/store.ts'
import { emittedStore } from '../../../src/codegen/compile.ts'
import { bool, bytes, defineStore, float64, int53, str, uint53 } from '../../../src/index.ts'
import { type AnyStore, type AnyStoreClass, access } from '../../support/any-store.ts'
import { expectError } from '../../support/expect-error.ts'
import { refusal } from '../../support/refusal.ts'
import { tempPath } from '../../support/temp.ts'

const { definition } = defineStore(
  'Sample',
  { version: 1 },
  {
    flag: bool,
    short: str(8),
    long: str(80),
    blob: bytes(7),
    signed: int53,
    unsigned: uint53,
    last: float64,
  },
)
const RECORD = {
  flag: true,
  short: 'short',
  long: 'quite a long text, though an ordinary one',
  blob: new Uint8Array([1, 2, 3]),
  signed: -5,
  unsigned: 5,
  last: 0.5,
}
type Property = keyof typeof RECORD

/** Where a field of a record stands in the file. */
function offsetBytes(index: number, property: Property): number {
  const field = definition.layout.fields.find((each) => each.property === property)
  return 64 + index * definition.layout.recordSizeBytes + (field?.offsetBytes ?? Number.NaN)
}

const DAMAGED = 1

describe.each([
  ['emitted', emittedStore(definition)],
  ['closure', closureStore(definition)],
] as [string, AnyStoreClass][])('in a store with %s accessors', (_kind, Store) => {
  /** A closed store of three records, some bytes of the middle one replaced. */
  function damagedStore(property: Property, bytesThere: Uint8Array): string {
    const path = tempPath()
    {
      using store = Store.create(path)
      for (let i = 0; i < 3; i++) store.append(RECORD)
    }
    const contents = readFileSync(path)
    contents.set(bytesThere, offsetBytes(DAMAGED, property))
    writeFileSync(path, contents)
    return path
  }

  /** Expects every read of the field to fail, and nothing else; then repairs the field by setting it. */
  function expectRefused(
    path: string,
    property: Property,
    code: 'ERR_INVALID_BOOL' | 'ERR_CORRUPTED',
    ...words: string[]
  ): void {
    for (const options of [{ readOnly: true }, {}]) {
      using store = Store.open(path, options) as AnyStore
      const reads = [
        () => access(store, 'get', property, DAMAGED),
        () => store.get(DAMAGED),
        () => [...store.records(DAMAGED)],
      ]
      for (const read of reads) {
        const error = expectError(() => refusedRead(path, read), code, {
          path,
          record: DAMAGED,
          field: property,
        })
        for (const word of words) expect(error.message).toContain(word)
      }
      expect([store.get(DAMAGED - 1), store.get(DAMAGED + 1)]).toEqual([RECORD, RECORD])
      for (const other of Object.keys(RECORD) as Property[]) {
        if (other !== property) expect(access(store, 'get', other, DAMAGED)).toEqual(RECORD[other])
      }
    }
    using store = Store.open(path) as AnyStore
    store.update(DAMAGED, { last: 7 })
    expectError(() => access(store, 'get', property, DAMAGED), code)
    access(store, 'set', property, DAMAGED, RECORD[property])
    expect(store.get(DAMAGED)).toEqual({ ...RECORD, last: 7 })
    store.set(DAMAGED, RECORD)
    // The repair leaves the bytes that an undamaged record has, the zeros after a text included.
    const size = definition.layout.recordSizeBytes
    const contents = readFileSync(path)
    const recordBytes = (index: number): Buffer =>
      contents.subarray(64 + index * size + 8, 64 + (index + 1) * size)
    expect(recordBytes(DAMAGED)).toEqual(recordBytes(0))
  }

  it.each([2, 3, 128, 255])('the byte %i is no bool', (byte) => {
    const path = damagedStore('flag', new Uint8Array([byte]))
    expectRefused(path, 'flag', 'ERR_INVALID_BOOL', `byte ${byte}`)
  })

  it.each([
    ['short', 9],
    ['short', 2 ** 32 - 1],
    ['long', 81],
    ['long', 2 ** 31],
    ['blob', 8],
    ['blob', 2 ** 32 - 1],
  ] as const)('%s can not have the length %i', (property, length) => {
    const path = damagedStore(property, new Uint8Array(new Uint32Array([length]).buffer))
    {
      using store = Store.open(path, { readOnly: true }) as AnyStore
      expectError(() => access(store, 'view', property, DAMAGED), 'ERR_CORRUPTED', {
        path,
        record: DAMAGED,
        field: property,
      })
    }
    expectRefused(path, property, 'ERR_CORRUPTED', `length ${length}`)
  })

  const NOT_UTF8 = {
    'a continuation byte alone': [0x80],
    'a sequence cut short': [0xe2, 0x82],
    'an overlong form': [0xc0, 0x80],
    'a surrogate': [0xed, 0xa0, 0x80],
    'a code point above U+10FFFF': [0xf4, 0x90, 0x80, 0x80],
    'a byte that UTF-8 never has': [0xff],
  }
  const placements = Object.entries(NOT_UTF8).flatMap(([name, bad]) =>
    (
      [
        ['short', 0],
        ['short', 8 - bad.length],
        ['long', 5],
        ['long', 60],
      ] as const
    ).map(([property, at]) => [name, at, property, bad] as const),
  )

  it.each(placements)('%s after %i bytes of %s is no text', (_name, at, property, bad) => {
    const prefix = new Uint8Array(new Uint32Array([at + bad.length]).buffer)
    const text = Buffer.from('a'.repeat(at))
    const path = damagedStore(property, Buffer.concat([prefix, text, Buffer.from(bad)]))
    {
      using store = Store.open(path, { readOnly: true }) as AnyStore
      // The bytes themselves are there for whoever wants them.
      expect(access(store, 'view', property, DAMAGED)).toEqual(new Uint8Array([...text, ...bad]))
    }
    expectRefused(path, property, 'ERR_CORRUPTED', `${at + bad.length} bytes`, 'UTF-8')
  })

  it.each([
    ['signed', 2n ** 53n],
    ['signed', -(2n ** 53n)],
    ['signed', 2n ** 63n - 1n],
    ['signed', -(2n ** 63n)],
    ['unsigned', 2n ** 53n],
    ['unsigned', 2n ** 64n - 1n],
  ] as const)('%s can not give %i exactly', (property, stored) => {
    const path = damagedStore(property, new Uint8Array(new BigInt64Array([BigInt.asIntN(64, stored)]).buffer))
    using store = Store.open(path) as AnyStore
    for (const read of [() => access(store, 'get', property, DAMAGED), () => store.get(DAMAGED)]) {
      const error = expectError(read, 'ERR_VALUE_OUT_OF_RANGE', { path, record: DAMAGED, field: property })
      expect(error.message).toContain(`${stored}n`)
      expect(error.message).toContain(property === 'signed' ? 'int64' : 'uint64')
    }
    store.set(DAMAGED, RECORD)
    expect(store.get(DAMAGED)).toEqual(RECORD)
  })
})

/** Runs a read that must fail and leave the folder alone, and throws what it threw. */
function refusedRead(path: string, read: () => unknown): never {
  throw refusal(dirname(path), read)
}
