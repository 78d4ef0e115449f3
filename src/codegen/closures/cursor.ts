/** The cursor of a store without generated code. */
import type { LayoutField } from '../../schema/layout.ts'
import { ThreadBound } from '../../store/thread-bound.ts'
import type { FieldCodec } from '../kinds/kind.ts'
import type { ReadableField } from './read.ts'

export interface ClosureField extends LayoutField {
  readonly codec: FieldCodec
}

/** The part of a store that single-field accessors need. */
export interface FieldAccess {
  read(index: number, wanted: readonly ReadableField[]): unknown[]
  writeField(index: number, field: ClosureField, value: unknown): void
  addTo(index: number, field: ClosureField, delta: unknown): unknown
  exchange(index: number, field: ClosureField, expected: unknown, value: unknown): boolean
  view(index: number, property: string): Uint8Array
}

/** Makes a class with a property for each field of the record that it is positioned at. */
export function cursorClass(fields: readonly ClosureField[]): new (store: FieldAccess) => object {
  class ClosureCursor extends ThreadBound {
    readonly #store: FieldAccess
    #index = 0

    constructor(store: FieldAccess) {
      super()
      this.#store = store
    }

    seek(index: number): this {
      this.#index = index
      return this
    }

    static define(field: ClosureField): void {
      const only = [field]
      Object.defineProperty(ClosureCursor.prototype, field.property, {
        get(this: ClosureCursor) {
          return this.#store.read(this.#index, only)[0]
        },
        set(this: ClosureCursor, value: unknown) {
          this.#store.writeField(this.#index, field, value)
        },
      })
    }
  }
  for (const field of fields) ClosureCursor.define(field)
  return ClosureCursor
}
