/** Undoing earlier steps when a later one fails, and releasing several things although one of them fails. */

/** Undo steps, which run in reverse order. */
export class UndoStack {
  readonly #steps: (() => unknown)[] = []

  push(step: () => unknown): void {
    this.#steps.push(step)
  }

  /** Runs every undo step, the last one first, even if one fails: only that one's effect is lost. */
  undo(): void {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        step()
      } catch {
        // The error that made the work fail is the one to report.
      }
    }
  }
}

/** Runs some work; if it throws, runs the undo steps that it has pushed. */
export function undoing<T>(work: (undo: UndoStack) => T): T {
  const undo = new UndoStack()
  try {
    return work(undo)
  } catch (error) {
    undo.undo()
    throw error
  }
}

/**
 * Runs every step, even if one fails.
 *
 * @throws what the first failing one threw
 */
export function takeAll(...steps: readonly (() => unknown)[]): void {
  const failures: unknown[] = []
  for (const step of steps) {
    try {
      step()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}
