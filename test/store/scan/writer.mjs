/** A worker that rewrites records, each all of one number, until it is told to stop; on the built package. */
import { workerData } from 'node:worker_threads'
import { bool, bytes, defineStore, float64, int64, str, uint53 } from '../../../dist/index.js'

const { path, stop } = workerData

const FromOneStore = defineStore(
  'FromOne',
  { version: 1 },
  {
    n: uint53,
    half: float64,
    short: str(8),
    long: str(60),
    negative: int64,
    isOdd: bool,
    blob: bytes(50),
  },
)

/** As `threads.test.ts` has it. */
function recordOf(n) {
  return {
    n,
    half: n / 2,
    short: `${n}`,
    long: `${n}:`.padEnd(n % 60, 'é'.repeat(n % 2) || 'x').slice(0, 30),
    negative: BigInt(-n),
    isOdd: n % 2 === 1,
    blob: new Uint8Array(n % 51).fill(n),
  }
}

const store = FromOneStore.open(path)
const { length } = store
for (let n = 1; Atomics.load(stop, 0) === 0; n = (n + 1) % 10_000_000) store.set(n % length, recordOf(n))
store.close()
