/**
 * The protocol built up by hand, one check or one store more at a time, on the record of 48 bytes: what each step takes is
 * what no store that keeps the same promise can do without.
 */
import { HEADER_SIZE_BYTES } from '../../src/format/header.ts'
import { viewsOf } from '../../src/store/hot-records.ts'
import { BOUNDS } from '../baselines/bare.ts'
import { fresh } from '../measure/fresh-function.ts'
import { MarketStore } from '../operations/records.ts'
import { COUNT } from '../operations/sample-records.ts'

export interface Step {
  readonly id: string
  readonly label: string
  /** The body of a method `run(index, value)` of an object with the views, `count` and `fence`. */
  readonly body: string
}

const { recordSizeBytes, fields } = MarketStore.definition.layout

/** The element of a field, its record's index known. */
function at(property: string, bytes: number, extraBytes = 0): string {
  const field = fields.find((each) => each.property === property)
  if (field === undefined) throw new RangeError(`there is no field ${property}`)
  return `index * ${recordSizeBytes / bytes} + ${(HEADER_SIZE_BYTES + field.offsetBytes + extraBytes) / bytes}`
}

const COUNTER = `const counter = index * ${recordSizeBytes / 4} + ${HEADER_SIZE_BYTES / 4}`
const INDEX_TYPE = "if (typeof index !== 'number') throw new TypeError('index')"
const BEGIN_READ = `${COUNTER}; const before = this.i32[counter] & ~1`
const END_READ = "if (this.i32[counter] !== before) throw new RangeError('in flux')"
const FENCE = 'this.i32[this.fence] = 0'
const BEGIN_WRITE = `${COUNTER}; const before = this.i32[counter]; this.i32[counter] = before | 1`
const END_WRITE = 'this.i32[counter] = (before + 2 + this.i32[this.fence]) | 0'
const IS_STUCK = "if (before & 1) throw new RangeError('in flux')"

const LOAD_ID = `const high = this.u32[${at('id', 4, 4)}]; const loaded = high * 4294967296 + this.u32[${at('id', 4)}]`
const ID_TYPE = "if (!(Number.isSafeInteger(value) && value >= 0)) throw new TypeError('id')"
const FLOAT_TYPE = "if (typeof value !== 'number') throw new TypeError('price')"

/** @param load - declares `loaded` */
function getting(name: string, load: string, judge = ''): Step[] {
  return [
    { id: `${name}-bare`, label: 'bounds check and load', body: `${BOUNDS}; ${load}; return loaded` },
    {
      id: `${name}-checks`,
      label: judge === '' ? 'and the type of the index' : 'and the type of the index, the range of the value',
      body: `${INDEX_TYPE}; ${BOUNDS}; ${load}; ${judge} return loaded`,
    },
    {
      id: `${name}-counter`,
      label: 'and the counter before: is it even?',
      body: `${INDEX_TYPE}; ${BOUNDS}; ${COUNTER}; const before = this.i32[counter]; ${load}; ${IS_STUCK}; ${judge} return loaded`,
    },
    {
      id: `${name}-again`,
      label: 'and the fence, and the counter after: is it the same?',
      body: `${INDEX_TYPE}; ${BOUNDS}; ${BEGIN_READ}; ${load}; ${FENCE}; ${END_READ}; ${judge} return loaded`,
    },
  ]
}

function setting(name: string, type: string, store: string): Step[] {
  return [
    { id: `${name}-bare`, label: 'bounds check and store', body: `${BOUNDS}; ${store}` },
    {
      id: `${name}-checks`,
      label: 'and the types of index and value',
      body: `${type}; ${INDEX_TYPE}; ${BOUNDS}; ${store}`,
    },
    {
      id: `${name}-counter`,
      label: 'and one store to the counter',
      body: `${type}; ${INDEX_TYPE}; ${BOUNDS}; ${COUNTER}; const before = this.i32[counter]; ${IS_STUCK}; ${store}; ${END_WRITE}`,
    },
    {
      id: `${name}-again`,
      label: 'and two: odd before, even after',
      body: `${type}; ${INDEX_TYPE}; ${BOUNDS}; ${BEGIN_WRITE}; ${IS_STUCK}; ${store}; ${END_WRITE}`,
    },
  ]
}

const storeId = (value: string) =>
  `this.u32[${at('id', 4)}] = ${value}; this.u32[${at('id', 4, 4)}] = Math.floor(${value} / 4294967296)`
const KEEP_ID = `if (this.u32[${at('id', 4, 4)}] !== Math.floor(value / 4294967296)) this.keep(index)`
const FLOATS = ['price', 'volume', 'marketCap'] as const
const storeFloats = (names: readonly string[]) =>
  names.map((name) => `this.f64[${at(name, 8)}] = value.${name}`).join('; ')
const storeRecord = `${storeId('value.id')}; ${storeFloats(FLOATS)}; this.u8[${at('stale', 1)}] = value.stale ? 1 : 0`
const typesOf = (names: readonly string[]) =>
  names.map((name) => `if (typeof value.${name} !== 'number') throw new TypeError('${name}')`).join('; ')
const recordTypes = `${ID_TYPE.replaceAll('value', 'value.id')}; ${typesOf(FLOATS)}; if (typeof value.stale !== 'boolean') throw new TypeError('stale')`
const PATCH = ['price', 'volume']
const PATCH_TYPES = `if (value.id !== undefined || value.marketCap !== undefined || value.stale !== undefined) throw new TypeError('unexpected'); ${typesOf(PATCH)}`

/** Operations by the name of the row that they explain. */
export const STEPS: Readonly<Record<string, readonly Step[]>> = {
  'get-float64': getting('get-float64', `const loaded = this.f64[${at('price', 8)}]`),
  'get-uint53': getting('get-uint53', LOAD_ID, "if (high > 2097151) throw new RangeError('id');"),
  'set-float64': setting('set-float64', FLOAT_TYPE, `this.f64[${at('price', 8)}] = value`),
  'set-uint53': [
    ...setting('set-uint53', ID_TYPE, storeId('value')),
    {
      id: 'set-uint53-halves',
      label: 'and for the journal: do both halves change?',
      body: `${ID_TYPE}; ${INDEX_TYPE}; ${BOUNDS}; ${KEEP_ID}; ${BEGIN_WRITE}; ${IS_STUCK}; ${storeId('value')}; ${END_WRITE}`,
    },
  ],
  'set-record': setting('set-record', recordTypes, storeRecord),
  'update-2': setting('update-2', PATCH_TYPES, storeFloats(PATCH)),
}

/** An object that does a step, over memory of its own. Its count is no constant, as that of a store is none. */
export function subjectOf({ body }: Step): object {
  const sizeBytes = HEADER_SIZE_BYTES + COUNT * recordSizeBytes
  const views = viewsOf(new ArrayBuffer(sizeBytes + 8))
  const Class = fresh<new (views: object, count: number, fence: number) => object>(
    {},
    `return class Step {
      constructor(views, count, fence) {
        this.i32 = views.i32; this.u32 = views.u32; this.f64 = views.f64; this.u8 = views.u8
        this.fence = fence
        this.count = 0
        this.count = count
      }
      run(index, value) { ${body} }
      keep(index) { this.kept = index }
    }`,
  )
  return new Class(views, COUNT, sizeBytes / 4)
}
