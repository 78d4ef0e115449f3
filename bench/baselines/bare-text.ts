/**
 * Every way to get text from bytes and to put it there, on the layout of a store and with the same bounds check, but with
 * no consistent read or write around it. Each is used as it is meant: with no copies, and objects that are made once.
 */

import { HEADER_SIZE_BYTES } from '../../src/format/header.ts'
import type { Layout } from '../../src/schema/layout.ts'
import { viewsOf } from '../../src/store/views.ts'
import { fresh } from '../measure/fresh-function.ts'
import { BOUNDS } from './bare.ts'

/** Statements that make `result` of the bytes from `start` to `end` of the Buffer `u8`. */
export const DECODERS: Readonly<Record<string, string>> = {
  latin1Slice: 'const result = u8.latin1Slice(start, end)',
  utf8Slice: 'const result = u8.utf8Slice(start, end)',
  TextDecoder: 'const result = decoder.decode(u8.subarray(start, end))',
  'JS loop': `let result = ''
    for (let i = start; i < end; ) {
      const byte = u8[i]
      if (byte < 0x80) { result += String.fromCharCode(byte); i++ }
      else if (byte < 0xe0) { result += String.fromCharCode((byte & 31) << 6 | u8[i + 1] & 63); i += 2 }
      else if (byte < 0xf0) {
        result += String.fromCharCode((byte & 15) << 12 | (u8[i + 1] & 63) << 6 | u8[i + 2] & 63); i += 3
      } else {
        result += String.fromCodePoint(
          (byte & 7) << 18 | (u8[i + 1] & 63) << 12 | (u8[i + 2] & 63) << 6 | u8[i + 3] & 63); i += 4
      }
    }`,
}

/** Statements that put `value` at `start` of the Buffer `u8`, and make `length` of it. */
export const ENCODERS: Readonly<Record<string, string>> = {
  latin1Write: 'const length = u8.latin1Write(value, start)',
  utf8Write: 'const length = u8.utf8Write(value, start)',
  encodeInto: 'const length = encoder.encodeInto(value, u8.subarray(start, start + MAX)).written',
  'JS loop': `let end = start
    for (let i = 0; i < value.length; i++) {
      let code = value.charCodeAt(i)
      if (code < 0x80) u8[end++] = code
      else if (code < 0x800) { u8[end++] = 0xc0 | code >> 6; u8[end++] = 0x80 | code & 63 }
      else {
        if ((code & 0xf800) === 0xd800) code = value.codePointAt(i++)
        if (code < 0x10000) u8[end++] = 0xe0 | code >> 12
        else { u8[end++] = 0xf0 | code >> 18; u8[end++] = 0x80 | code >> 12 & 63 }
        u8[end++] = 0x80 | code >> 6 & 63
        u8[end++] = 0x80 | code & 63
      }
    }
    const length = end - start`,
}

/** The one that is for ASCII only. */
export const ASCII_ONLY: ReadonlySet<string> = new Set(['latin1Slice', 'latin1Write'])

export interface BareText {
  get(index: number): string
  set(index: number, value: string): void
}

/** Records whose text field is got by one of the decoders and set by one of the encoders. */
export function makeBareText(
  { recordSizeBytes, fields }: Layout,
  property: string,
  count: number,
  { decoder = 'utf8Slice', encoder = 'utf8Write' },
): BareText {
  const field = fields.find((each) => each.property === property)
  if (field === undefined) throw new RangeError(`there is no field ${property}`)
  const { offsetBytes, maxBytes } = field
  const prefix = `index * ${recordSizeBytes / 4} + ${(HEADER_SIZE_BYTES + offsetBytes) / 4}`
  const Class = fresh<new (views: object, count: number) => BareText>(
    { decoder: new TextDecoder(), encoder: new TextEncoder(), MAX: maxBytes },
    `return class BareText {
      constructor({ u8, u32 }, count) { this.u8 = u8; this.u32 = u32; this.count = count }
      get(index) {
        ${BOUNDS}
        const u8 = this.u8
        const prefix = ${prefix}
        const start = prefix * 4 + 4
        const end = start + this.u32[prefix]
        ${DECODERS[decoder]}
        return result
      }
      set(index, value) {
        ${BOUNDS}
        const u8 = this.u8
        const prefix = ${prefix}
        const start = prefix * 4 + 4
        ${ENCODERS[encoder]}
        this.u32[prefix] = length
      }
    }`,
  )
  const views = viewsOf(new ArrayBuffer(HEADER_SIZE_BYTES + count * recordSizeBytes + 8))
  return new Class(views, count)
}

/** Whether this runtime has what one of them needs. */
export function isKnownHere(name: string): boolean {
  const isMethod = name.endsWith('Slice') || name.endsWith('Write')
  return !isMethod || typeof (Buffer.prototype as unknown as Record<string, unknown>)[name] === 'function'
}
