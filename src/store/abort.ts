/** AbortSignals, with one listener on each: runtimes warn of more than a few. */

/** What to call once a signal aborts. A signal that can't be reached any more takes its entry along. */
const callbacks = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls `callback` once `signal` aborts.
 *
 * @returns what calls that off
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const known = callbacks.get(signal)
  const set = known ?? new Set()
  if (known === undefined) {
    callbacks.set(signal, set)
    signal.addEventListener('abort', handleAbort)
  }
  set.add(callback)
  return () => {
    if (set.delete(callback) && set.size === 0) forget(signal)
  }
}

function handleAbort(event: Event): void {
  const signal = event.currentTarget as AbortSignal
  const set = callbacks.get(signal)
  forget(signal)
  for (const callback of set ?? []) callback()
}

function forget(signal: AbortSignal): void {
  callbacks.delete(signal)
  signal.removeEventListener('abort', handleAbort)
}
