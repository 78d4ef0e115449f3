/** Core suite: bytes in the store that are no value, from another program or a crash. */
import { describe, expect, it } from 'vitest'
import {
  type AnyStore,
  access,
  fieldOffsetBytes,
  recordOffsetBytes,
  regionOf,
} from '../../support/any-store.ts'
import { expectRecord, expectRecords, storedRecord, zeroRecord } from '../../support/model.ts'
import { type CoreContext, expectRefusal, fullRecord, schemaOf } from '../support/context.ts'

export function describeStored(core: CoreContext): void {
  const schema = schemaOf('Full')

  /** A store of two records, and the bytes from one field of the second on. */
  function storeAndField(property: string): { store: AnyStore; field: DataView } {
    const store = core.createWith('Full', [fullRecord(), fullRecord(1)])
    const { buffer } = regionOf(store)
    return { store, field: new DataView(buffer, fieldOffsetBytes(store, 1, property)) }
  }

  /** Expects reads of the field to fail, those of others not, and a write to repair it. */
  function expectUnreadable(
    store: AnyStore,
    property: string,
    code: Parameters<typeof expectRefusal>[2],
  ): string {
    const place = { record: 1, field: property }
    const messages = [() => access(store, 'get', property, 1), () => store.get(1), () => [...store]].map(
      (read) => expectRefusal(store, read, code, place).message,
    )
    expect(new Set(messages).size).toBe(1)
    expectRecord(store, schema, 0, storedRecord(schema, fullRecord()))
    for (const other of ['tiny', 'octet', 'price', 'total']) {
      if (other !== property) expect(access(store, 'get', other, 1)).toBe(fullRecord(1)[other])
    }
    access(store, 'set', property, 1, fullRecord(1)[property])
    expectRecord(store, schema, 1, storedRecord(schema, fullRecord(1)))
    return messages[0] as string
  }

  it.each([2, 128, 255])('a bool of %d', (byte) => {
    const { store, field } = storeAndField('flag')
    field.setUint8(0, byte)
    expect(expectUnreadable(store, 'flag', 'ERR_INVALID_BOOL')).toContain(`the file holds the byte ${byte}`)
  })

  it.each([2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)])('an int53 of %d', (value) => {
    const { store, field } = storeAndField('safe')
    field.setBigInt64(0, value, true)
    const message = expectUnreadable(store, 'safe', 'ERR_VALUE_OUT_OF_RANGE')
    expect(message).toContain(`the file holds ${value}n, which int53 can't give exactly; read it as int64`)
  })

  it.each([2n ** 53n, 2n ** 53n + 1n, 2n ** 64n - 1n])('a uint53 of %d', (value) => {
    const { store, field } = storeAndField('total')
    field.setBigUint64(0, value, true)
    const message = expectUnreadable(store, 'total', 'ERR_VALUE_OUT_OF_RANGE')
    expect(message).toContain(`the file holds ${value}n, which uint53 can't give exactly; read it as uint64`)
  })

  describe.each([
    ['code', 6],
    ['text', 100],
    ['key', 5],
    ['blob', 200],
  ] as const)('a length of %s', (property, maxBytes) => {
    it.each([maxBytes + 1, 2 ** 31, 2 ** 32 - 1])('of %d', (length) => {
      const { store, field } = storeAndField(property)
      field.setUint32(0, length, true)
      expectRefusal(store, () => access(store, 'view', property, 1), 'ERR_CORRUPTED', {
        record: 1,
        field: property,
      })
      const message = expectUnreadable(store, property, 'ERR_CORRUPTED')
      expect(message).toContain(`the file gives the length ${length}, the field holds ${maxBytes} bytes`)
    })
  })

  describe.each(['code', 'text'])('invalid UTF-8 in %s', (property) => {
    it.each([
      ['a stray continuation', [0x80]],
      ['a cut character', [0x61, 0xe2, 0x82]],
      ['an overlong form', [0xc0, 0x80]],
      ['a surrogate', [0xed, 0xa0, 0x80]],
      ['a code point beyond the last', [0xf4, 0x90, 0x80, 0x80]],
      ['a byte that never occurs', [0x61, 0xff]],
    ])('%s', (_, bytes) => {
      const { store, field } = storeAndField(property)
      field.setUint32(0, bytes.length, true)
      bytes.forEach((byte, i) => {
        field.setUint8(4 + i, byte)
      })
      // A view is of bytes: it does not judge them.
      expect([...(access(store, 'view', property, 1) as Uint8Array)]).toEqual(bytes)
      const message = expectUnreadable(store, property, 'ERR_CORRUPTED')
      expect(message).toContain(`the ${bytes.length} bytes in the file are not valid UTF-8`)
    })
  })

  it('setting a field zeroes the rest of it, whatever length stood there', () => {
    const { store, field } = storeAndField('text')
    for (let i = 0; i < 104; i++) field.setUint8(i, 0xff)
    access(store, 'set', 'text', 1, 'ab')
    const bytes = new Uint8Array(field.buffer, field.byteOffset, 104)
    expect([...bytes.subarray(0, 6)]).toEqual([2, 0, 0, 0, 0x61, 0x62])
    expect(bytes.subarray(6).every((byte) => byte === 0)).toBe(true)
    expect(access(store, 'get', 'blob', 1)).toEqual(fullRecord(1)['blob'])
  })

  it.each(['code', 'text', 'key', 'blob'])(
    'a shorter value of %s leaves nothing of a longer one',
    (property) => {
      const { store, field } = storeAndField(property)
      const isText = property === 'code' || property === 'text'
      const sizeBytes = schema.fields.find((each) => each.property === property)?.maxBytes as number
      const make = (length: number): unknown =>
        isText ? 'x'.repeat(length) : new Uint8Array(length).fill(0x78)
      for (const length of [sizeBytes, sizeBytes - 1, sizeBytes >> 1, sizeBytes, 1, 0]) {
        access(store, 'set', property, 1, make(length))
        const bytes = [...new Uint8Array(field.buffer, field.byteOffset + 4, sizeBytes)]
        expect(bytes).toEqual(Array.from({ length: sizeBytes }, (_, i) => (i < length ? 0x78 : 0)))
      }
    },
  )

  describe('traces of an append that was never counted', () => {
    it.each([1, 2, 0x7fffffff])('with counter %d are cleared', (counter) => {
      const store = core.createWith('Full', [fullRecord()])
      const start = recordOffsetBytes(store, 1)
      const region = regionOf(store)
      const { recordSizeBytes } = core.classOf('Full').definition.layout
      region.fill(0xee, start + 8, start + recordSizeBytes)
      new DataView(region.buffer).setUint32(start, counter, true)
      expect(store.length).toBe(1)
      expect(store.append()).toBe(1)
      expectRecord(store, schema, 1, zeroRecord(schema))
      expect(region.subarray(start, start + recordSizeBytes).every((byte) => byte === 0)).toBe(true)
    })
  })

  describe('a record whose writer stopped in the middle', () => {
    function stuck(writers: 'one' | 'unlocked'): AnyStore {
      const store = core.createWith('Full', [fullRecord(), fullRecord(1)], { writers, stallTimeoutMs: 20 })
      new DataView(regionOf(store).buffer).setUint32(recordOffsetBytes(store, 1), 7, true)
      return store
    }

    it.runIf(core.isFile)('can not be read, but for a while; the others can', () => {
      const store = stuck('unlocked')
      for (const read of [
        () => store.get(1),
        () => access(store, 'get', 'price', 1),
        () => access(store, 'get', 'text', 1),
        () => access(store, 'view', 'text', 1),
        () => [...store],
      ]) {
        const error = expectRefusal(store, read, 'ERR_WRITER_STALLED', { record: 1 })
        expect(error.message).toContain('mid-write for over 20 ms (its counter stands at 7)')
      }
      expectRecord(store, schema, 0, storedRecord(schema, fullRecord()))
    })

    it.each<[string, (store: AnyStore) => unknown]>([
      ['a read', (store) => store.get(1)],
      ['a getter', (store) => access(store, 'get', 'text', 1)],
      ['an iteration', (store) => [...store]],
    ])('is released by %s of the one writer, in memory of any', (_, read) => {
      for (const writers of core.isFile ? (['one'] as const) : (['one', 'unlocked'] as const)) {
        const store = stuck(writers)
        read(store)
        expect(store.recovered).toEqual([{ index: 1, outcome: 'released' }])
        expectRecords(store, schema, [
          storedRecord(schema, fullRecord()),
          storedRecord(schema, fullRecord(1)),
        ])
      }
    })

    it('is repaired by a write of the one writer', () => {
      const store = stuck('one')
      store.set(1, fullRecord(4))
      expectRecord(store, schema, 1, storedRecord(schema, fullRecord(4)))
      const counter = new DataView(regionOf(store).buffer).getUint32(recordOffsetBytes(store, 1), true)
      expect(counter % 2).toBe(0)
    })

    it.runIf(core.isFile)('is released when it is opened by the one writer, and reported', () => {
      const { path } = stuck('unlocked')
      const store = core.track(core.classOf('Full').open(path))
      expect(store.recovered).toEqual([{ index: 1, outcome: 'released' }])
      expect(Object.isFrozen(store.recovered)).toBe(true)
      expectRecord(store, schema, 1, storedRecord(schema, fullRecord(1)))
    })

    it.runIf(core.isFile)(
      'is left alone by a reader, and by an unlocked writer, who could be beside another',
      () => {
        const { path } = stuck('unlocked')
        for (const options of [{ readOnly: true }, { writers: 'unlocked' }] as const) {
          const store = core.track(core.classOf('Full').open(path, { ...options, stallTimeoutMs: 1 }))
          expect(store.recovered).toEqual([])
          expectRefusal(store, () => store.get(1), 'ERR_WRITER_STALLED')
        }
      },
    )
  })

  it('a counter about to wrap does', () => {
    const store = core.createWith('Full', [fullRecord()])
    const view = new DataView(regionOf(store).buffer)
    for (const counter of [0x7ffffffe, 0xfffffffe]) {
      view.setUint32(64, counter, true)
      store.set(0, fullRecord(2))
      expectRecord(store, schema, 0, storedRecord(schema, fullRecord(2)))
      expect(view.getUint32(64, true)).toBe((counter + 2) % 2 ** 32)
    }
  })
}
