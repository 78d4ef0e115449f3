/** The typed arrays through which the accessors see a region; named as the field table names them. */
import { VIEW_BYTES } from '../schema/field-types.ts'

export interface Views {
  i8: Int8Array
  u8: Uint8Array
  i16: Int16Array
  u16: Uint16Array
  i32: Int32Array
  u32: Uint32Array
  i64: BigInt64Array
  u64: BigUint64Array
  f32: Float32Array
  f64: Float64Array
}

/** All views over a buffer whose length is a multiple of 8. */
export function viewsOf(buffer: ArrayBuffer): Views {
  return {
    i8: new Int8Array(buffer),
    // A Buffer, for its native string methods; its elements are those of any Uint8Array.
    u8: Buffer.from(buffer),
    i16: new Int16Array(buffer),
    u16: new Uint16Array(buffer),
    i32: new Int32Array(buffer),
    u32: new Uint32Array(buffer),
    i64: new BigInt64Array(buffer),
    u64: new BigUint64Array(buffer),
    f32: new Float32Array(buffer),
    f64: new Float64Array(buffer),
  }
}

/** What a closed store holds, so that it no longer keeps its address space alive. */
export const NO_VIEWS: Readonly<Views> = viewsOf(new ArrayBuffer(VIEW_BYTES.f64))
