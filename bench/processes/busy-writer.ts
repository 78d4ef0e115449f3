/** Writes the records from an index on, as fast as it can, until it is killed. */
import { MarketStore } from '../operations/records.ts'

const [path, from] = process.argv.slice(2)
const store = MarketStore.open(path as string, { writers: 'many' })
process.send?.('ready')
// In slices, so that it notices when its parent is gone.
function writeOn(): void {
  const first = Number(from)
  const count = store.length - first
  for (let i = 0; i < 200_000; i++) store.setPrice(first + (i % count), i)
  if (process.connected) setImmediate(writeOn)
  else process.exit()
}
writeOn()
