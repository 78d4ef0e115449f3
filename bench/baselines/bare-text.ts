/**
 * Every way to get text from bytes and to put it there, on the layout of a store and with the same bounds check, but with
 * no consistent read or write around it. Each is used as it is meant: with no copies, and objects that are made once.
 */

import { HEADER_SIZE_BYTES } from '../../src/format/header.ts'
import type { Layout } from '../../src/schema/layout.ts'
import { viewsOf } from '../../src/store/hot-records.ts'
import { fresh } from '../measure/fresh-function.ts'
import { BOUNDS } from './bare.ts'

/** Statements that make `result` of the bytes from `start` to `end` of the Buffer `u8`. */
export const DECODERS: Readonly<Record<string, string>> = {
  latin1Slice: 'const result = u8.latin1Slice(start, end)',
  utf8Slice: 'const result = u8.utf8Slice(start, end)',
  // What a decoder needs where another process may change the bytes: it looks at them twice, and trusts its first look.
  'utf8Slice of a copy': `const words = (end - start + 3) >>> 2
    for (let i = 0; i < words; i++) copiedWords[i] = this.i32[prefix + 1 + i]
    const result = copied.utf8Slice(0, end - start)`,
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
  'JS loop': `${loopInto('u8', 'start')}
    const length = end - start`,
  // What a store needs, which must know that a text fits before the first byte of the record changes.
  'JS loop, then a copy': `${loopInto('copied', '0')}
    const length = end
    const whole = length >>> 2
    for (let i = 0; i < whole; i++) this.i32[prefix + 1 + i] = copiedWords[i]
    for (let i = whole * 4; i < length; i++) u8[start + i] = copied[i]`,
}

/** Statements that put `value` at `start` of the bytes, and make `end` of it. */
function loopInto(bytes: string, start: string): string {
  return `let end = ${start}
    for (let i = 0; i < value.length; i++) {
      let code = value.charCodeAt(i)
      if (code < 0x80) ${bytes}[end++] = code
      else if (code < 0x800) { ${bytes}[end++] = 0xc0 | code >> 6; ${bytes}[end++] = 0x80 | code & 63 }
      else {
        if ((code & 0xf800) === 0xd800) code = value.codePointAt(i++)
        if (code < 0x10000) ${bytes}[end++] = 0xe0 | code >> 12
        else { ${bytes}[end++] = 0xf0 | code >> 18; ${bytes}[end++] = 0x80 | code >> 12 & 63 }
        ${bytes}[end++] = 0x80 | code >> 6 & 63
        ${bytes}[end++] = 0x80 | code & 63
      }
    }`
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
    { decoder: new TextDecoder(), encoder: new TextEncoder(), MAX: maxBytes, ...copyOf(maxBytes) },
    `return class BareText {
      constructor({ u8, i32, u32 }, count) { this.u8 = u8; this.i32 = i32; this.u32 = u32; this.count = count }
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

/** Memory for a copy of a text, by the names that the statements use. */
function copyOf(maxBytes: number): { copiedWords: Int32Array; copied: Buffer } {
  const copiedWords = new Int32Array(Math.ceil(maxBytes / 4))
  return { copiedWords, copied: Buffer.from(copiedWords.buffer) }
}

/** Whether this runtime has what one of them needs. */
export function isKnownHere(name: string): boolean {
  const isMethod = name.endsWith('Slice') || name.endsWith('Write')
  return !isMethod || typeof (Buffer.prototype as unknown as Record<string, unknown>)[name] === 'function'
}
