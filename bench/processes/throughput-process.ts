/** One of several writers: writes for as long as it is told, and says how often it has. */
import { BATCH, RECORDS, SUBJECTS, type Subject } from './throughput-subjects.ts'

const [name, path, seed] = process.argv.slice(2)
const { open } = SUBJECTS[name as string] as Subject
const batch = await open(path as string)
let state = Number(seed) + 1
const next = (): number => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
  return (state >>> 8) % RECORDS
}
for (let i = 0; i < 200; i++) batch(next)
process.on('message', (ms: number) => {
  const until = performance.now() + ms
  let count = 0
  for (; performance.now() < until; count += BATCH) batch(next)
  process.send?.(count)
})
process.send?.('ready')
