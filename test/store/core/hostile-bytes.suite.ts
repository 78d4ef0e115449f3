/** Core suite: bytes that are not what they seem. */
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { access } from '../../support/any-store.ts'
import { expectRecords } from '../../support/model.ts'
import { type CoreContext, expectRefusal, fullRecord, schemaOf, storedFull } from '../support/context.ts'

export function describeHostileBytes(core: CoreContext): void {
  const schema = schemaOf('Full')

  describe('bytes', () => {
    const expectBytes = (value: Uint8Array, expected: ArrayLike<number>): void => {
      for (const property of ['key', 'blob']) {
        if (property === 'key' && expected.length > 5) continue
        const store = core.createWith('Full', [fullRecord(0)])
        access(store, 'set', property, 0, value)
        store.append({ ...fullRecord(1), [property]: value })
        const bytes = Uint8Array.from(expected)
        expectRecords(store, schema, [
          { ...storedFull(0), [property]: bytes },
          { ...storedFull(1), [property]: bytes },
        ])
      }
    }
    const lengths = [3, 5, 32, 33, 200]
    const data = (length: number): number[] => Array.from({ length }, (_, i) => (i * 7 + 1) % 256)

    it.each(lengths)('of a subclass that lies about itself count as they are: %d', (length) => {
      class Liar extends Uint8Array {
        override get length(): number {
          return 1_000_000
        }
        override get byteLength(): number {
          return 0
        }
        override get buffer(): ArrayBuffer {
          throw new Error('not for you')
        }
        override subarray(): never {
          throw new Error('not for you')
        }
        override [Symbol.iterator](): never {
          throw new Error('not for you')
        }
        static get [Symbol.species](): never {
          throw new Error('not for you')
        }
      }
      const liar = new Liar(new ArrayBuffer(length))
      data(length).forEach((byte, i) => {
        liar[i] = byte
      })
      expectBytes(liar, data(length))
    })

    it.each(lengths)('of a Buffer come back as a plain Uint8Array: %d', (length) => {
      expectBytes(Buffer.from(data(length)), data(length))
      const store = core.createWith('Full', [{ ...fullRecord(), blob: Buffer.from(data(length)) }])
      const { blob } = store.get(0)
      expect(Object.getPrototypeOf(blob)).toBe(Uint8Array.prototype)
    })

    it.each(lengths)('in shared memory are copied: %d', (length) => {
      const shared = new Uint8Array(new SharedArrayBuffer(length))
      shared.set(data(length))
      expectBytes(shared, data(length))
    })

    it.each(lengths)('of another realm are bytes: %d', (length) => {
      const foreign = runInNewContext(`Uint8Array.from(${JSON.stringify(data(length))})`) as Uint8Array
      expectBytes(foreign, data(length))
    })

    it.each(lengths)('in a window of a larger buffer are only those: %d', (length) => {
      const buffer = Uint8Array.from([9, 9, 9, ...data(length), 9, 9]).buffer
      expectBytes(new Uint8Array(buffer, 3, length), data(length))
    })

    it('that were transferred away are none', () => {
      const bytes = new Uint8Array(4).fill(1)
      structuredClone(bytes, { transfer: [bytes.buffer] })
      expectBytes(bytes, [])
    })

    it('that track the length of their buffer are as long as that is', () => {
      const buffer = resizable(4, 300)
      const bytes = new Uint8Array(buffer)
      bytes.set(data(4))
      expectBytes(bytes, data(4))
      buffer.resize(200)
      expectBytes(bytes, [...data(4), ...new Uint8Array(196)])
      buffer.resize(300)
      const store = core.createWith('Full', [fullRecord(0)])
      const refused = (): unknown => access(store, 'set', 'blob', 0, bytes)
      expectRefusal(store, refused, 'ERR_BYTES_TOO_LONG', { record: 0, field: 'blob' })
    })

    it('that no longer lie within their buffer are none', () => {
      const buffer = resizable(8, 16)
      const bytes = new Uint8Array(buffer, 4, 4)
      buffer.resize(6)
      expectBytes(bytes, [])
    })
  })
}

interface Resizable extends ArrayBuffer {
  resize(byteLength: number): void
}

function resizable(byteLength: number, maxByteLength: number): Resizable {
  const Constructor = ArrayBuffer as unknown as new (length: number, options: object) => Resizable
  return new Constructor(byteLength, { maxByteLength })
}
