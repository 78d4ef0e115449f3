/** Garbage collection on demand, on every runtime. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

export function collectGarbage() {
  if ('Bun' in globalThis) globalThis.Bun.gc(true)
  else v8Collector()()
}

let collector

function v8Collector() {
  setFlagsFromString('--expose-gc')
  collector ??= runInNewContext('gc')
  return collector
}
