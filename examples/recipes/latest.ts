// node latest.ts AAPL 190.25     publishes a quote
// node latest.ts                 shows all quotes, and then each one that changes
import { defineStore, float64, str, uint53 } from 'mmapforge'

const QuoteStore = defineStore('Quote', { version: 1 }, { symbol: str(16), price: float64, time: uint53 })
const [symbol, price] = process.argv.slice(2)

if (symbol === undefined) {
  const quotes = QuoteStore.open('quotes.mmf', { readOnly: true })
  const changes = quotes.changed() // before the loop, so that no change is missed
  for (const quote of quotes) console.log(JSON.stringify(quote))
  for await (const i of changes) console.log(JSON.stringify(quotes.get(i)))
} else {
  const quotes = QuoteStore.openOrCreate('quotes.mmf')
  // A record's index never changes, so a program that keeps running reads the symbols only once.
  const indices = new Map([...quotes].map((quote, i) => [quote.symbol, i]))
  const quote = { symbol, price: Number(price), time: Date.now() }
  const i = indices.get(symbol)
  if (i === undefined) quotes.append(quote)
  else quotes.set(i, quote)
  quotes.close()
}
