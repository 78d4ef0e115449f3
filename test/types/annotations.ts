/** The annotations as types of properties: what a user's interface is to the rest of the user's code. */
import type {
  bool,
  bytes,
  float32,
  float64,
  int8,
  int16,
  int32,
  int53,
  int64,
  str,
  uint8,
  uint16,
  uint32,
  uint53,
  uint64,
} from 'mmapforge'
import type { Equal, Expect } from './equal.ts'

export type Scalars = [
  Expect<Equal<bool, boolean>>,
  Expect<Equal<int8, number>>,
  Expect<Equal<uint8, number>>,
  Expect<Equal<int16, number>>,
  Expect<Equal<uint16, number>>,
  Expect<Equal<int32, number>>,
  Expect<Equal<uint32, number>>,
  Expect<Equal<int53, number>>,
  Expect<Equal<uint53, number>>,
  Expect<Equal<float32, number>>,
  Expect<Equal<float64, number>>,
  Expect<Equal<int64, bigint>>,
  Expect<Equal<uint64, bigint>>,
]

export type Sized = [Expect<Equal<str<64>, string>>, Expect<Equal<bytes<7>, Uint8Array>>]

// @ts-expect-error a string needs its size
export type Unsized = str

// @ts-expect-error and bytes do
export type UnsizedBytes = bytes

// @ts-expect-error a size is a number
export type WordSize = str<'64'>

// @ts-expect-error a number has no size
export type SizedNumber = float64<8>

interface Tick {
  symbol: str<64>
  price: float64
  timestamp: uint64
}

export const tick: Tick = { symbol: 'AAPL', price: 1.5, timestamp: 1n }

// @ts-expect-error a 64-bit integer is a bigint
export const wrong: Tick = { symbol: 'AAPL', price: 1.5, timestamp: 1 }
