/** What the kinds with a length have in common: a load gives it with the value, which is undefined where it is none. */
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
