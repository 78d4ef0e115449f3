/** The labels of one field, and their numbers in the file. */

/** {@link EnumField.numberOf} returns this for anything but a label. */
export const NO_LABEL = -1

export class EnumField<L extends string> {
  /** Indexed by number. */
  readonly labels: readonly L[]
  readonly #numbers: ReadonlyMap<unknown, number>

  constructor(labels: readonly L[]) {
    this.labels = labels
    this.#numbers = new Map(labels.map((label, number) => [label, number]))
  }

  /** The number of a label; {@link NO_LABEL} for any other value. */
  numberOf(label: unknown): number {
    return this.#numbers.get(label) ?? NO_LABEL
  }
}
