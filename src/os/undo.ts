/** Undoing what was done when a later step fails, and releasing several things although one of them fails. */

/** Steps back, the last one first. */
export class UndoStack {
  readonly #steps: (() => unknown)[] = []

  push(step: () => unknown): void {
    this.#steps.push(step)
  }

  /** Takes every step back, even if one fails: what that one was about is lost, the rest is not. */
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

/** Runs some work; if it throws, undoes what it has pushed. */
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
 * Takes every step, even if one fails.
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
