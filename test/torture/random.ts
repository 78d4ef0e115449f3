/** Random numbers from a seed: the same ones on every runtime. */
export class Random {
  #state: number

  constructor(seed: number) {
    // Seeds next to each other must not give sequences like each other.
    this.#state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 1
  }

  /** An integer from 0 to `bound - 1`. */
  below(bound: number): number {
    let state = this.#state
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    this.#state = state
    return (state >>> 0) % bound
  }
}
