/** The quick benchmark: every kind of access, beside a bare typed-array loop in the same run. */

import * as types from 'mmapforge'
import { defineStore, type FieldType } from 'mmapforge'
import { type FieldTypeName, fieldTypeOf } from '../src/schema/field-types.ts'
import { type Bare, makeBare } from './bare.ts'
import { loopOver } from './loops.ts'
import { type Effort, type Measurement, measureBatch } from './measure.ts'

export interface Row {
  readonly operation: string
  readonly ours: Measurement
  /** The bare loop; undefined where there is none that does the same. */
  readonly bare: Measurement | undefined
}

/** Few enough that the records stay in the processor's nearest caches: this measures instructions, not memory. */
const COUNT = 200

type Any = Record<string, (...args: unknown[]) => unknown>

const SCALARS = [
  'bool',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int53',
  'uint53',
  'int64',
  'uint64',
  'float32',
  'float64',
] as const satisfies readonly FieldTypeName[]

export async function quickBenchmark(
  path: string,
  effort: Effort,
  report: (row: Row) => void,
): Promise<void> {
  const measurePair = async (
    operation: string,
    subjects: unknown[],
    bare: Bare | undefined,
    body: string,
    values?: unknown[],
  ) => {
    const loop = { body, ...(values && { values }) }
    report({
      operation,
      ours: await measureBatch(loopOver(subjects, COUNT, loop), effort),
      bare:
        bare &&
        (await measureBatch(
          loopOver(
            subjects.map(() => bare),
            COUNT,
            loop,
          ),
          effort,
        )),
    })
  }
  for (const type of SCALARS) {
    const Store = defineStore(
      'Scalar',
      { version: 1 },
      { id: types.uint53, x: scalarType(type), y: types.float64 },
    )
    const store = filled(Store.create(`${path}.${type}`), () => ({ id: 1, x: valuesOf(type)[0], y: 1 }))
    const bare = makeBare(Store.definition.layout, COUNT)
    const values = valuesOf(type)
    await measurePair(`get ${type}`, [store], bare, consume(type, 'subject.getX(index)'))
    await measurePair(`set ${type}`, [store], bare, 'subject.setX(index, value)', values)
    closeAll([store])
  }
  await wholeRecords(path, measurePair)
  await strings(path, measurePair)
  await manyStores(path, measurePair)
}

type Pair = (
  op: string,
  subjects: unknown[],
  bare: Bare | undefined,
  body: string,
  values?: unknown[],
) => Promise<void>

/** The record of the design's own figures: 48 bytes. */
const MARKET = {
  id: types.uint53,
  price: types.float64,
  volume: types.float64,
  market_cap: types.float64,
  stale: types.bool,
}
const market = (i: number) => ({
  id: i,
  price: i * 1.5,
  volume: i * 1000,
  market_cap: i * 1e6,
  stale: i % 2 === 0,
})

async function wholeRecords(path: string, pair: Pair): Promise<void> {
  const Store = defineStore('Market', { version: 1 }, MARKET)
  const store = filled(Store.create(`${path}.market`), market)
  const bare = makeBare(Store.definition.layout, COUNT)
  const records = Array.from({ length: COUNT }, (_, i) => market(i))
  await pair('get record', [store], bare, 'const r = subject.get(index); sum += r.price + r.volume')
  await pair('set record', [store], bare, 'subject.set(index, value)', records)
  await pair('update 2 fields', [store], undefined, 'subject.update(index, { price: index, volume: index })')
  await pair('iterate', [store], undefined, 'if (index === 0) for (const r of subject) sum += r.price')
  const memory = Store.create(`${path}.append`, { capacity: 64 })
  await pair('append record', [memory], undefined, 'subject.append(value)', records)
  closeAll([store, memory])
}

async function strings(path: string, pair: Pair): Promise<void> {
  const Store = defineStore(
    'Text',
    { version: 1 },
    { ticker: types.str(8), ascii: types.str(64), utf8: types.str(64) },
  )
  const text = (i: number) => ({
    ticker: `TICK${i % 50}`,
    ascii: `${i} plain text that takes about sixty-four bytes`,
    utf8: `${i} straße, 日本電信電話, ¥`,
  })
  const store = filled(Store.create(`${path}.text`), text)
  for (const field of ['ticker', 'ascii', 'utf8'] as const) {
    const name = field.charAt(0).toUpperCase() + field.slice(1)
    await pair(`get ${field} string`, [store], undefined, `sum += subject.get${name}(index).length`)
    await pair(
      `set ${field} string`,
      [store],
      undefined,
      `subject.set${name}(index, value)`,
      Array.from({ length: COUNT }, (_, i) => text(i)[field]),
    )
  }
  closeAll([store])
}

/** Several stores in one loop: nothing may get slower for the others being there. */
async function manyStores(path: string, pair: Pair): Promise<void> {
  const Store = defineStore('Market', { version: 1 }, MARKET)
  const bare = makeBare(Store.definition.layout, COUNT)
  const same = [0, 1, 2].map((i) => filled(Store.create(`${path}.same${i}`), market))
  await pair('get float64, 3 stores, 1 class', same, bare, 'sum += subject.getPrice(index)')
  await pair('set float64, 3 stores, 1 class', same, bare, 'subject.setPrice(index, index)')
  const different = [types.uint32, types.uint53, types.str(16)].map((extra, i) => {
    const Other = defineStore(`Other${i}`, { version: 1 }, { ...MARKET, extra })
    return filled(Other.create(`${path}.other${i}`), (n) => ({
      ...market(n),
      extra: extra.type === 'str' ? '' : 0,
    }))
  })
  await pair('get float64, 3 classes', different, bare, 'sum += subject.getPrice(index)')
  await pair('set float64, 3 classes', different, bare, 'subject.setPrice(index, index)')
  closeAll([...same, ...different])
}

function filled<S extends object>(store: S, record: (i: number) => unknown): S {
  for (let i = 0; i < COUNT; i++) (store as unknown as Any)['append']?.(record(i))
  return store
}

function closeAll(stores: readonly object[]): void {
  for (const store of stores) (store as unknown as Any)['close']?.()
}

function consume(type: FieldTypeName, expression: string): string {
  const { codec } = fieldTypeOf(type)
  if (codec === 'bigint') return `if (${expression} === 7n) sum++`
  return codec === 'bool' ? `if (${expression}) sum++` : `sum += ${expression}`
}

function valuesOf(type: FieldTypeName): unknown[] {
  const { codec } = fieldTypeOf(type)
  return Array.from({ length: COUNT }, (_, i) => {
    if (codec === 'bool') return i % 2 === 0
    if (codec === 'bigint') return BigInt(i * 1e9)
    if (codec === 'safeint') return i * 1e10
    return codec === 'float' ? i * 1.5 : i % 100
  })
}

/** The scalar type of a name, as `defineStore` takes it. */
function scalarType(type: FieldTypeName): FieldType {
  return { type, maxBytes: 0 }
}
