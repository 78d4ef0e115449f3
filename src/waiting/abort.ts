/** Listens to AbortSignals, with a single listener on each: runtimes warn about more than a few. */

/** The part of `AbortSignal` that is used: our own type, for users who have neither the DOM's types nor Node's. */
export interface AbortSignalLike {
  readonly aborted: boolean
  readonly reason?: unknown
  addEventListener(type: 'abort', listener: AbortListener): void
  removeEventListener(type: 'abort', listener: AbortListener): void
}

type AbortListener = (event: { readonly currentTarget: unknown }) => void

/** What to call once a signal aborts. The entry goes when the signal is garbage-collected. */
const callbacks = new WeakMap<AbortSignalLike, Set<() => void>>()

/**
 * Calls `callback` once `signal` aborts.
 *
 * @returns a function that unsubscribes
 */
export function onAbort(signal: AbortSignalLike, callback: () => void): () => void {
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

/** @throws the reason of a signal that has aborted */
export function throwIfAborted(signal: AbortSignalLike | undefined): void {
  if (signal?.aborted === true) throw signal.reason
}

function handleAbort(event: { readonly currentTarget: unknown }): void {
  const signal = event.currentTarget as AbortSignalLike
  const set = callbacks.get(signal)
  forget(signal)
  for (const callback of set ?? []) callback()
}

function forget(signal: AbortSignalLike): void {
  callbacks.delete(signal)
  signal.removeEventListener('abort', handleAbort)
}
