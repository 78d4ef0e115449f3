/** Rewrites the one record of a SlowStore, for ever. Args: `path`. Says what it recovered once it has begun. */
import { args, say } from './channel.mjs'
import { SlowStore } from './stores.mjs'

const store = SlowStore.open(args.path)
const texts = [...'abcdefgh'].map((letter) => letter.repeat(2 ** 20))
for (let round = 0; ; round++) {
  store.set(0, { head: round, text: texts[round % texts.length], tail: round })
  if (round === 0) say({ recovered: store.recovered })
}
