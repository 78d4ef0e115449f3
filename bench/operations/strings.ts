/** Text, got and set, beside every way that a runtime offers to do the same with bare bytes. */
import { ASCII_ONLY, DECODERS, ENCODERS, isKnownHere, makeBareText } from '../baselines/bare-text.ts'
import { type Loop, loopOver } from '../measure/loops.ts'
import type { Workbench } from '../workbench.ts'
import { COUNT, closeAll, filled, listOf, TextStore, text } from './records.ts'

const FIELDS = [
  { property: 'ticker', get: 'getTicker', set: 'setTicker', label: 'a short ASCII string that repeats' },
  { property: 'ascii', get: 'getAscii', set: 'setAscii', label: 'an ASCII string of 64 bytes' },
  { property: 'utf8', get: 'getUtf8', set: 'setUtf8', label: 'a UTF-8 string' },
] as const

/** Looks into the text, so that one that is put together on demand is put together. */
const looked = (expression: string) =>
  `{ const text = ${expression}; sum += text.charCodeAt(text.length - 1) }`

export function stringOperations(bench: Workbench): void {
  const store = filled(TextStore.create(bench.path(), { journal: false }), text)
  const { layout } = TextStore.definition
  for (const { property, get, set, label } of FIELDS) {
    const values = listOf(COUNT, (i) => text(i)[property])
    const ways = (names: object) =>
      Object.keys(names).filter((name) => isKnownHere(name) && !(property === 'utf8' && ASCII_ONLY.has(name)))
    bench.compare({
      id: `get-text-${property}`,
      label: `get ${label}`,
      ours: loopOver('store', [store], COUNT, { body: looked(`subject.${get}(index)`) }),
      baselines: ways(DECODERS).map((decoder) => {
        const bare = makeBareText(layout, property, COUNT, { decoder })
        values.forEach((value, i) => {
          bare.set(i, value)
        })
        return loopOver(decoder, [bare], COUNT, { body: looked('subject.get(index)') })
      }),
    })
    const setting = (method: string): Loop => ({ body: `subject.${method}(index, value)`, values })
    bench.compare({
      id: `set-text-${property}`,
      label: `set ${label}`,
      ours: loopOver('store', [store], COUNT, setting(set)),
      baselines: ways(ENCODERS).map((encoder) =>
        loopOver(encoder, [makeBareText(layout, property, COUNT, { encoder })], COUNT, setting('set')),
      ),
    })
  }
  if ('tickerEquals' in store) {
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
  closeAll(store)
}
