/** Expectations about types, which the compiler checks; nothing here runs. */

/** `true` only where both are the same type, not just assignable to each other. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Fails to compile for anything but `true`. */
export type Expect<T extends true> = T
