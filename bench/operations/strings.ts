/** Text, got and set, beside every way that a runtime offers to do the same with bare bytes. */
import { ASCII_ONLY, DECODERS, ENCODERS, isKnownHere, makeBareText } from '../baselines/bare-text.ts'
import { type Loop, loopOver } from '../measure/loops.ts'
import type { Workbench } from '../measure/workbench.ts'
import { ShortTextStore, TextStore } from './records.ts'
import { type AnyStore, COUNT, closeAll, filled, listOf, shortText, text } from './sample-records.ts'

const FIELDS = [
  { property: 'ticker', get: 'getTicker', set: 'setTicker', label: 'a short ASCII string that repeats' },
  { property: 'ascii', get: 'getAscii', set: 'setAscii', label: 'an ASCII string of 64 bytes' },
  { property: 'utf8', get: 'getUtf8', set: 'setUtf8', label: 'a UTF-8 string' },
] as const

/** More texts than are kept of any field, so that each of them is decoded and encoded again and again. */
const MANY_COUNT = 10_000

/** How many different short texts there are; of the last, none comes again before it is forgotten. */
const SHORT_COUNTS = [200, 1000, 10_000, 100_000] as const

/** Looks into the text, so that one that is put together on demand is put together. */
const looked = (expression: string) =>
  `{ const text = ${expression}; sum += text.charCodeAt(text.length - 1) }`

export function stringOperations(bench: Workbench): void {
  const create = (count: number): AnyStore => filled(TextStore.create(bench.path()), text, count)
  const store = create(COUNT)
  for (const field of FIELDS) compareField(bench, store, field, { count: COUNT, id: '', which: '' })
  compareEquals(bench, store)
  closeAll(store)
  const many = create(MANY_COUNT)
  const which = `, of ${MANY_COUNT.toLocaleString('en')} in turn`
  for (const field of FIELDS.slice(1)) {
    compareField(bench, many, field, { count: MANY_COUNT, id: '-many', which })
  }
  closeAll(many)
  for (const count of SHORT_COUNTS) compareShort(bench, count)
}

function compareField(
  bench: Workbench,
  store: AnyStore,
  { property, get, set, label }: (typeof FIELDS)[number],
  { count, id, which }: { count: number; id: string; which: string },
): void {
  const { layout } = TextStore.definition
  const values = listOf(count, (i) => text(i)[property])
  const ways = (names: object) =>
    Object.keys(names).filter((name) => isKnownHere(name) && !(property === 'utf8' && ASCII_ONLY.has(name)))
  bench.compare({
    id: `get-text-${property}${id}`,
    label: `get ${label}${which}`,
    ours: loopOver('store', [store], count, { body: looked(`subject.${get}(index)`) }),
    baselines: ways(DECODERS).map((decoder) => {
      const bare = makeBareText(layout, property, count, { decoder })
      values.forEach((value, i) => {
        bare.set(i, value)
      })
      return loopOver(decoder, [bare], count, { body: looked('subject.get(index)') })
    }),
  })
  const setting = (method: string): Loop => ({ body: `subject.${method}(index, value)`, values })
  bench.compare({
    id: `set-text-${property}${id}`,
    label: `set ${label}${which}`,
    ours: loopOver('store', [store], count, setting(set)),
    baselines: ways(ENCODERS).map((encoder) =>
      loopOver(encoder, [makeBareText(layout, property, count, { encoder })], count, setting('set')),
    ),
  })
}

function compareShort(bench: Workbench, count: number): void {
  const texts = listOf(count, shortText)
  const store = filled(ShortTextStore.create(bench.path()), (i) => ({ text: texts[i] }), count)
  const bare = () => {
    const { layout } = ShortTextStore.definition
    const twin = makeBareText(layout, 'text', count, { decoder: 'latin1Slice' })
    texts.forEach((text, i) => {
      twin.set(i, text)
    })
    return twin
  }
  const which = count === SHORT_COUNTS.at(-1) ? 'that never repeats' : `of ${count.toLocaleString('en')}`
  const getting = { body: looked('subject.getText(index)') }
  bench.compare({
    id: `get-short-${count}`,
    label: `get a short ASCII string ${which}`,
    ours: loopOver('store', [store], count, getting),
    baselines: [loopOver('latin1Slice', [bare()], count, { body: looked('subject.get(index)') })],
  })
  closeAll(store)
}

function compareEquals(bench: Workbench, store: AnyStore): void {
  if (!('tickerEquals' in store)) return
  bench.compare({
    id: 'text-equals',
    label: 'compare a short string without decoding it',
    ours: loopOver('store', [store], COUNT, { body: "if (subject.tickerEquals(index, 'AAPL')) sum++" }),
    baselines: [
      loopOver('get, then compare', [store], COUNT, {
        body: "if (subject.getTicker(index) === 'AAPL') sum++",
      }),
    ],
  })
}
