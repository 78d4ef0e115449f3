/** What the kinds with a length share: a load returns the length and the value, undefined for invalid bytes. */
import { REFUSED } from './kind.ts'

export interface Sized<T> {
  readonly length: number
  readonly value: T
}

export function judgeSized(loaded: unknown): unknown {
  return (loaded as Sized<unknown>).value ?? REFUSED
}

export function storedLength(loaded: unknown): number {
  return (loaded as Sized<unknown>).length
}
