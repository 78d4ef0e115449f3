/** Undoing what was done, where a later step fails. */

/** Steps back, the last one first. */
export class UndoStack {
  readonly #steps: (() => void)[] = []

  push(step: () => void): void {
    this.#steps.push(step)
  }

  /** Takes every step back, though one of them fail: what it was about is beyond help, the rest is not. */
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

/** Runs some work; where it throws, undoes what it has pushed. */
export function undoing<T>(work: (undo: UndoStack) => T): T {
  const undo = new UndoStack()
  try {
    return work(undo)
  } catch (error) {
    undo.undo()
    throw error
  }
}
