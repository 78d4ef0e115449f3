/** A store class without generated code: each field's accessors close over its offsets. Slower, and otherwise the same. */
import { HEADER_SIZE_BYTES } from '../format/header.ts'
import { accessorName } from '../schema/accessor-names.ts'
import { isSized } from '../schema/field-types.ts'
import { COUNTER_OFFSET_BYTES, type LayoutField } from '../schema/layout.ts'
import type { StoreDefinition } from '../store/definition.ts'
import { RecordStore } from '../store/record-store.ts'
import { beginRead, beginWrite, endRead, endWrite } from '../store/seqlock.ts'
import type { Views } from '../store/views.ts'
import { type FieldCodec, fieldCodec, REFUSED } from './closure-codec.ts'
import type { UntypedStoreClass } from './compile.ts'

type Values = Record<string, unknown>

interface ClosureField extends LayoutField {
  readonly codec: FieldCodec
}

export function closureStore(definition: StoreDefinition): UntypedStoreClass {
  const { recordSizeBytes } = definition.layout
  const fields = definition.layout.fields.map(
    (field): ClosureField => ({ ...field, codec: fieldCodec(field) }),
  )

  class ClosureStore extends RecordStore<Values> {
    static readonly definition = definition

    get(index: number): Values {
      return this.read(index, fields)
    }

    set(index: number, record: Values): void {
      if (!(typeof index === 'number' && index < this.writableCount && index >>> 0 === index))
        this.missWrite(index)
      this.writeAll(index, record)
    }

    append(record?: Values): number {
      return this.publish(record === undefined ? this.claimNext() : this.writeAll(Infinity, record))
    }

    update(index: number, patch: Values): void {
      if (typeof patch !== 'object' || patch === null) this.refuseRecord(patch)
      const values = fields.map((field) => patch[field.property])
      const given = fields.filter((_, i) => values[i] !== undefined)
      const prepared = this.prepare(
        index,
        given,
        values.filter((value) => value !== undefined),
      )
      if (given.length === 0) {
        this.checkPatch(index, patch)
        return
      }
      if (!(typeof index === 'number' && index < this.writableCount && index >>> 0 === index))
        this.missWrite(index)
      this.store(index, given, prepared)
    }

    /** One consistent snapshot of some fields. */
    read(index: number, wanted: readonly ClosureField[]): Values {
      if (!(typeof index === 'number' && index < this.readableCount && index >>> 0 === index))
        this.missRead(index)
      const views = this.views()
      const start = HEADER_SIZE_BYTES + index * recordSizeBytes
      const counter = (start + COUNTER_OFFSET_BYTES) / 4
      for (let since = 0; ; since = this.retryRead(index, since)) {
        const before = beginRead(this.i32, counter)
        const loaded = wanted.map(({ codec, offsetBytes }) => codec.load(views, start + offsetBytes))
        if (!endRead(this.i32, counter, before, this.fence)) continue
        const record: Values = {}
        wanted.forEach(({ codec, property }, i) => {
          const judged = codec.judge(loaded[i])
          if (judged === REFUSED) this.refuseStored(index, property, codec.stored(loaded[i]))
          record[property] = judged
        })
        return record
      }
    }

    /** Stores one value in one consistent write. */
    write(index: number, field: ClosureField, value: unknown): void {
      if (!(typeof index === 'number' && index < this.writableCount && index >>> 0 === index))
        this.missWrite(index)
      this.store(index, [field], this.prepare(index, [field], [value]))
    }

    view(index: number, property: string): Uint8Array {
      return this.viewField(index, property)
    }

    private writeAll(place: number, record: Values): number {
      if (typeof record !== 'object' || record === null) this.refuseRecord(record)
      const values = fields.map(({ property }) => record[property])
      const prepared = this.prepare(place, fields, values)
      const index = place < this.writableCount ? place : this.claim(place)
      this.store(index, fields, prepared)
      return index
    }

    /** Checks and encodes, so that storing can't fail. */
    private prepare(index: number, into: readonly ClosureField[], values: readonly unknown[]): unknown[] {
      return into.map(({ codec, property }, i) => {
        const prepared = codec.prepare(values[i])
        if (prepared === REFUSED) this.refuseValue(index, property, values[i])
        return prepared
      })
    }

    private store(index: number, into: readonly ClosureField[], prepared: readonly unknown[]): void {
      const views = this.views()
      const start = HEADER_SIZE_BYTES + index * recordSizeBytes
      const counter = (start + COUNTER_OFFSET_BYTES) / 4
      let before = beginWrite(this.i32, counter, this.fence)
      if ((before & 1) !== 0) before = this.retryWrite(index)
      for (let i = 0; i < into.length; i++) {
        const { codec, offsetBytes } = into[i] as ClosureField
        codec.store(views, start + offsetBytes, prepared[i])
      }
      endWrite(this.i32, counter, before, this.fence)
    }

    /** The views are members of the store itself. */
    private views(): Views {
      return this as unknown as Views
    }
  }

  for (const field of fields) defineAccessors(ClosureStore.prototype, field)
  Object.defineProperty(ClosureStore, 'name', { value: `${definition.schema.name}Store` })
  return ClosureStore as unknown as UntypedStoreClass

  function defineAccessors(prototype: ClosureStore, field: ClosureField): void {
    const { property, type } = field
    const only = [field]
    defineMethod(prototype, accessorName('get', property), function (this: ClosureStore, index: number) {
      return this.read(index, only)[property]
    })
    defineMethod(
      prototype,
      accessorName('set', property),
      function (this: ClosureStore, index: number, value: unknown) {
        this.write(index, field, value)
      },
    )
    if (!isSized(type)) return
    defineMethod(prototype, accessorName('view', property), function (this: ClosureStore, index: number) {
      return this.view(index, property)
    })
  }
}

function defineMethod<A extends unknown[]>(
  prototype: object,
  name: string,
  method: (this: never, ...args: A) => unknown,
): void {
  Object.defineProperty(prototype, name, { value: method, writable: true, configurable: true })
}
