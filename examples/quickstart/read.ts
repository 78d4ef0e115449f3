import { TickStore } from './tick.store.ts'

const ticks = TickStore.open('ticks.mmf', { readOnly: true })
for (const { symbol, price } of ticks) console.log(symbol, price)
ticks.close()
