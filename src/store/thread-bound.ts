/** Objects that work only in the thread that made them, and refuse to be sent to another one. */

/**
 * A value that structured cloning refuses, and with it `postMessage`, `workerData` and the like. They would copy an object
 * without its private fields, and say nothing. It is a symbol because Node.js and Deno show its description in the error that
 * they throw, and because `JSON.stringify` leaves it out.
 */
export const NOT_CLONEABLE: unique symbol = Symbol(
  'a store belongs to its thread: in another one, open it by its path',
)

/** The base of what is made of a store, such as cursors. A store has the value in what it was opened as. */
export abstract class ThreadBound {
  /** @internal For `console.log` on Node.js and Bun: an object of its class. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `${this.constructor.name} {}`
  }

  /** @internal The same on Deno. */
  [Symbol.for('Deno.customInspect')](): string {
    return `${this.constructor.name} {}`
  }

  /** Not an identifier, which could be the name of a field. */
  protected readonly 'not cloneable': symbol = NOT_CLONEABLE
}
