/** What the A/B run measures, as entries that say what there is and what is done to it. */

import type * as Package from 'mmapforge'
import type { Fields, StoreOptions } from 'mmapforge'
import { type Loop, looked } from '../measure/loops.ts'
import { listOf, market, marketFields, shortText, text } from '../operations/sample-records.ts'

/** A class of records; the version of the package that is measured makes the class itself. */
export interface Shape {
  readonly name: string
  readonly fields: (types: typeof Package) => Fields
  readonly record: (i: number) => unknown
}

/** How it is measured: a loop over stores that are filled, appends to an empty store, or opening and closing one. */
export type Work =
  | { readonly kind: 'loop'; readonly loop: () => Loop }
  | { readonly kind: 'appends'; readonly into: 'touched pages' | 'a growing file'; readonly onDisk?: boolean }
  | { readonly kind: 'opening'; readonly reopenOptions?: StoreOptions }

export interface Operation {
  readonly name: string
  /** One store of each, in turn. */
  readonly shapes: readonly Shape[]
  readonly count: number
  readonly options: StoreOptions
  readonly work: Work
}

interface Settings {
  readonly count?: number
  readonly options?: StoreOptions
}

const COUNT = 200
const MARKET: Shape = { name: 'Market', fields: marketFields, record: market }
const MANY: Settings = { options: { writers: 'many' } }
const NO_JOURNAL: Settings = { options: { journal: false } }

function operation(name: string, shapes: readonly Shape[], work: Work, settings: Settings = {}): Operation {
  return { name, shapes, work, count: COUNT, options: {}, ...settings }
}

/** `value` in the body stands for the value of the turn, `kept` for what keeps an object from being optimised away. */
function loop(
  name: string,
  shapes: readonly Shape[],
  body: string,
  value?: (i: number) => unknown,
  settings: Settings = {},
): Operation {
  const { count = COUNT } = settings
  const make = () => ({
    body,
    locals: { kept: new Array<unknown>(8).fill(null) },
    ...(value && { values: listOf(count, value) }),
  })
  return operation(name, shapes, { kind: 'loop', loop: make }, settings)
}

/** With the options that are the default, and without a journal. */
function journalOrNot(...[name, shapes, body, value, settings]: Parameters<typeof loop>): Operation[] {
  const { options, ...others } = settings ?? {}
  return [
    loop(name, shapes, body, value, settings),
    loop(`${name}, no journal`, shapes, body, value, {
      ...others,
      options: { ...options, ...NO_JOURNAL.options },
    }),
  ]
}

const number = (i: number) => i * 1.5
const SET_NUMBER = 'subject.setPrice(index, value)'
const GET_RECORD = 'kept[index & 7] = subject.get(index)'
const SET_RECORD = 'subject.set(index, value)'
const UPDATE = 'subject.update(index, { price: value, volume: value })'

/** The five getters and setters of a record, and one of each at another. */
const TWELVE = `
  subject.setId(index, value); subject.setPrice(index, value); subject.setVolume(index, value)
  subject.setMarketCap(index, value); subject.setStale(index, value > 50); subject.setPrice(${COUNT - 1} - index, value)
  ${looked('subject.getId(index) + subject.getPrice(index) + subject.getVolume(index)')}
  ${looked(`subject.getMarketCap(index) + subject.getPrice(${COUNT - 1} - index)`)}
  if (subject.getStale(index)) sum++`

/** Classes that differ, in one field more; records are of one literal, so that engines read all alike. */
function marketsAnd(count: number): Shape[] {
  const extras = ['uint8', 'uint16', 'uint32', 'int8', 'int16', 'int32', 'float32', 'float64'] as const
  return extras.slice(0, count).map((extra) => ({
    name: `And${extra}`,
    fields: (types) => ({ ...marketFields(types), extra: types[extra] }),
    record: extended,
  }))
}

function extended(i: number) {
  const { id, price, volume, marketCap, stale } = market(i)
  return { id, price, volume, marketCap, stale, extra: i % 100 }
}

function inTurn(count: number, which: string): Operation[] {
  const shapes = marketsAnd(count)
  return [
    loop(`get a number, ${which} classes in turn`, shapes, looked('subject.getPrice(index)')),
    loop(`set a number, ${which} classes in turn`, shapes, SET_NUMBER, number),
    loop(`get a record, ${which} classes in turn`, shapes, GET_RECORD),
    loop(`set a record, ${which} classes in turn`, shapes, SET_RECORD, extended),
    loop(`update two fields, ${which} classes in turn`, shapes, UPDATE, number),
  ]
}

const FORTY = listOf(40, (i) => `f${i}`)
const WIDE: Shape = {
  name: 'Wide',
  fields: (types) => Object.fromEntries(FORTY.map((name) => [name, types.float64])),
  record: (i) => Object.fromEntries(FORTY.map((name, at) => [name, i * at])),
}

function textShape(maxBytes: number, record: (i: number) => string): Shape {
  return {
    name: `Text${maxBytes}`,
    fields: (types) => ({ text: types.str(maxBytes) }),
    record: (i) => ({ text: record(i) }),
  }
}

/** Looks into the text, so that one that is put together on demand is put together. */
const GET_TEXT = '{ const text = subject.getText(index); sum += text.charCodeAt(text.length - 1) }'
const SET_TEXT = 'subject.setText(index, value)'

const longText = (sizeBytes: number) => (i: number) => `${i} of a text`.padEnd(sizeBytes, '.')

/** More than any cache of texts keeps. */
const NEVER_REPEATED = 100_000
const MANY_TEXTS = 10_000

const TEXTS: readonly [what: string, maxBytes: number, count: number, record: (i: number) => string][] = [
  ['a short string of 20', 8, COUNT, (i) => text(i).ticker],
  ['a short string of 200', 8, COUNT, shortText],
  ['a short string of 1,000', 8, 1000, shortText],
  ['a short string of 10,000', 8, MANY_TEXTS, shortText],
  ['a short string never repeated', 8, NEVER_REPEATED, shortText],
  ['16 bytes never repeated', 16, NEVER_REPEATED, longText(16)],
  ['24 bytes never repeated', 24, NEVER_REPEATED, longText(24)],
  ['64 bytes of 10,000', 64, MANY_TEXTS, longText(64)],
  ['UTF-8 of 10,000', 64, MANY_TEXTS, (i) => text(i).utf8],
]

function strings(): Operation[] {
  return TEXTS.flatMap(([what, maxBytes, count, record]) => [
    loop(`get ${what}`, [textShape(maxBytes, record)], GET_TEXT, undefined, { count }),
    ...journalOrNot(`set ${what}`, [textShape(maxBytes, record)], SET_TEXT, record, { count }),
  ])
}

const BESIDE_TEXT: Shape = {
  name: 'Beside',
  fields: (types) => ({ price: types.float64, note: types.str(4096) }),
  record: (i) => ({ price: i, note: longText(4000)(i) }),
}

export const OPERATIONS: readonly Operation[] = [
  loop('get a number', [MARKET], looked('subject.getPrice(index)')),
  loop('set a number', [MARKET], SET_NUMBER, number),
  loop('twelve getters and setters', [MARKET], TWELVE, (i) => i),
  ...inTurn(3, 'three'),
  ...inTurn(8, 'eight'),
  loop('get a record', [MARKET], GET_RECORD),
  ...journalOrNot('set a record', [MARKET], SET_RECORD, market),
  ...journalOrNot('update two fields', [MARKET], UPDATE, number),
  ...journalOrNot(
    'update a number beside 4 KiB',
    [BESIDE_TEXT],
    'subject.update(index, { price: value })',
    number,
  ),
  loop('get a record of 40 fields', [WIDE], GET_RECORD),
  ...journalOrNot('set a record of 40 fields', [WIDE], SET_RECORD, WIDE.record),
  ...journalOrNot(
    'update two of 40 fields',
    [WIDE],
    'subject.update(index, { f7: value, f31: value })',
    number,
  ),
  operation('append into touched pages', [MARKET], { kind: 'appends', into: 'touched pages' }),
  operation(
    'append into touched pages, many writers',
    [MARKET],
    { kind: 'appends', into: 'touched pages' },
    MANY,
  ),
  operation('append with growth', [MARKET], { kind: 'appends', into: 'a growing file' }),
  operation('append with growth, on disk', [MARKET], {
    kind: 'appends',
    into: 'a growing file',
    onDisk: true,
  }),
  loop('set a number, many writers', [MARKET], SET_NUMBER, number, MANY),
  loop('set a record, many writers', [MARKET], SET_RECORD, market, MANY),
  ...strings(),
  operation('open and close', [MARKET], { kind: 'opening' }),
  operation('open and close, many writers', [MARKET], { kind: 'opening' }, MANY),
  operation('open and close, read-only', [MARKET], { kind: 'opening', reopenOptions: { readOnly: true } }),
]
