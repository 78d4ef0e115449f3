/** For every field of `Full`: values that it takes, values that it refuses, and why. */
import type { ErrorCode } from '../../../src/errors.ts'
import { fillText } from '../../support/values.ts'

/** Values that come back as they are, zeros of integers and rounding aside. */
export const GOOD_VALUES: Readonly<Record<string, readonly unknown[]>> = {
  flag: [true, false],
  tiny: [-128, 127, 0, -0, -1],
  octet: [0, 255, -0],
  small: [-32_768, 32_767, 0],
  port: [0, 65_535],
  count: [-(2 ** 31), 2 ** 31 - 1, 0, -1],
  color: [0, 2 ** 32 - 1, 2 ** 31],
  big: [-(2n ** 63n), 2n ** 63n - 1n, 0n, -1n, 2n ** 53n + 1n],
  huge: [0n, 2n ** 64n - 1n, 2n ** 63n, 2n ** 53n + 1n],
  safe: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 0, -0, -1, -(2 ** 32), 2 ** 32 - 1, 2 ** 32],
  total: [0, -0, Number.MAX_SAFE_INTEGER, 2 ** 32 - 1, 2 ** 32, 2 ** 31],
  ratio: [
    ...[0, -0, Number.NaN, Infinity, -Infinity, 0.1, 3.4028234663852886e38, 3.4028235e38],
    ...[1.401298464324817e-45, 1e-46, -1.1754942106924411e-38],
  ],
  price: [
    ...[0, -0, Number.NaN, Infinity, -Infinity, 0.1, Number.MAX_VALUE, Number.MIN_VALUE],
    2.225073858507201e-308,
  ],
  code: ['', 'a', 'abcdef', 'ééé', '€€', '😀é', '\0', 'a\0b', '\ufeffab', '\ufffd', '\u{10ffff}', '\x7f'],
  text: [
    '',
    ...['a', 'é', '€', '😀', '\0', '\ufeff', '\ufffd'].flatMap((unit) => [unit, fillText(unit, 100)]),
    // About the lengths at which coding changes from one way to another.
    ...[7, 8, 9, 47, 48, 49].flatMap((length) => ['x'.repeat(length), fillText('é', length)]),
  ],
  key: [new Uint8Array(), new Uint8Array(5), new Uint8Array(5).fill(255), new Uint8Array([7])],
  blob: [
    new Uint8Array(),
    ...[1, 32, 33, 199, 200].map((length) => new Uint8Array(length).fill(length)),
    Buffer.from('a buffer'),
  ],
}

type Refusal = readonly [value: unknown, code: ErrorCode]

const mismatched = (...values: unknown[]): Refusal[] => values.map((value) => [value, 'ERR_TYPE_MISMATCH'])
const outOfRange = (...values: unknown[]): Refusal[] =>
  values.map((value) => [value, 'ERR_VALUE_OUT_OF_RANGE'])

const OBJECTS: readonly unknown[] = [{}, [], () => 0, Symbol('value'), { valueOf: () => 1 }, new Date(0)]
const NO_NUMBERS = [...OBJECTS, '1', '', true, null, 1n, new Number(1)]
const NO_BIGINTS = [...OBJECTS, '1', true, null, 1, 0, 1.5, Number.NaN, Object(1n)]
const NO_INTEGERS = [1.5, Number.NaN, Infinity, -Infinity, 1e300, Number.MIN_VALUE]

const integer = (min: number, max: number): Refusal[] => [
  ...outOfRange(...NO_INTEGERS, min - 1, max + 1, max + 1 + (max - min)),
  ...mismatched(...NO_NUMBERS),
]

const bigint = (min: bigint, max: bigint): Refusal[] => [
  ...outOfRange(min - 1n, max + 1n, 2n ** 64n, -(2n ** 64n), 2n ** 200n),
  ...mismatched(...NO_BIGINTS),
]

const text = (maxBytes: number): Refusal[] => [
  ...[
    `${'a'.repeat(maxBytes)}b`,
    `${fillText('é', maxBytes - 1)}é`,
    'é'.repeat(maxBytes),
    'a'.repeat(10_000),
  ].map((value): Refusal => [value, 'ERR_STRING_TOO_LONG']),
  ...outOfRange('\ud800', '\udfff', 'a\udc00b', '\udc00\ud800', `\ud800${'a'.repeat(10_000)}`),
  ...mismatched(...OBJECTS, 1, 1n, true, null, new String('a'), new Uint8Array(1), { toString: () => 'a' }),
]

const blob = (maxBytes: number): Refusal[] => [
  ...[maxBytes + 1, 10_000].map((length): Refusal => [new Uint8Array(length), 'ERR_BYTES_TOO_LONG']),
  [Buffer.alloc(maxBytes + 1), 'ERR_BYTES_TOO_LONG'],
  ...mismatched(
    ...OBJECTS,
    'ab',
    1,
    null,
    true,
    new ArrayBuffer(2),
    new DataView(new ArrayBuffer(2)),
    [1, 2],
  ),
  ...mismatched(new Int8Array(2), new Uint8ClampedArray(2), new Uint16Array(1), { length: 1, 0: 1 }),
  ...mismatched(new Proxy(new Uint8Array(1), {}), Object.create(Uint8Array.prototype)),
]

/** Values that no setter takes. Without `undefined`: in a patch it means that the field stays as it is. */
export const BAD_VALUES: Readonly<Record<string, readonly Refusal[]>> = {
  flag: mismatched(...OBJECTS, 0, 1, 'true', '', null, 1n, new Boolean(true)),
  tiny: integer(-128, 127),
  octet: integer(0, 255),
  small: integer(-32_768, 32_767),
  port: integer(0, 65_535),
  count: integer(-(2 ** 31), 2 ** 31 - 1),
  color: integer(0, 2 ** 32 - 1),
  big: bigint(-(2n ** 63n), 2n ** 63n - 1n),
  huge: bigint(0n, 2n ** 64n - 1n),
  safe: integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  total: integer(0, Number.MAX_SAFE_INTEGER),
  ratio: [
    ...outOfRange(3.5e38, -3.5e38, Number.MAX_VALUE, 3.4028235677973366e38),
    ...mismatched(...NO_NUMBERS),
  ],
  price: mismatched(...NO_NUMBERS),
  code: text(6),
  text: text(100),
  key: blob(5),
  blob: blob(200),
}

/** What is no index at all, and what is none of a record. */
export const MISTYPED_INDICES: readonly unknown[] = [
  ...[
    '0',
    '',
    0n,
    1n,
    null,
    undefined,
    true,
    Symbol('index'),
    {},
    [],
    [0],
    { valueOf: () => 0 },
    new Number(0),
  ],
]
export const MISSING_INDICES: readonly number[] = [
  ...[1.5, 0.5, -1, -0.5, Number.NaN, Infinity, -Infinity, Number.MIN_VALUE, 1e300],
  // Each of these is 0 modulo 2^32.
  ...[2 ** 32, -(2 ** 32), 2 ** 33, 2 ** 53],
]
