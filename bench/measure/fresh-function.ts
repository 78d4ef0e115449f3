/**
 * Functions made from text, each of them new to the engine: V8 keeps what it learnt of a text that it has compiled
 * before, so that two loops of the same text over a store and over its bare twin would be one loop over both, and neither
 * measured as what it is.
 */

let made = 0

/** Calls a function with these names as parameters, and their values; gives what `body` returns. */
export function fresh<F>(scope: Readonly<Record<string, unknown>>, body: string): F {
  made++
  return new Function(...Object.keys(scope), `// ${made}\n${body}`)(...Object.values(scope)) as F
}
