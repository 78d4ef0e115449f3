// node counter.ts     four processes count in one field
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { defineStore, str, uint53 } from 'mmapforge'

const CounterStore = defineStore('Counter', { version: 1 }, { name: str(16), hits: uint53 })
const counters = CounterStore.openOrCreate('counters.mmf', { writers: 'many' })

if (process.send === undefined) {
  const i = counters.append({ name: 'page', hits: 0 })
  const workers = Array.from({ length: 4 }, () => fork(fileURLToPath(import.meta.url), [String(i)]))
  await Promise.all(workers.map((worker) => once(worker, 'exit')))
  console.log(counters.getHits(i)) // 4000000
} else {
  const i = Number(process.argv[2])
  for (let n = 0; n < 1_000_000; n++) counters.addHits(i, 1) // atomic: none is lost
}
counters.close()
