/** A store class without generated code: each field's accessors close over its offsets. Slower, but otherwise the same. */
import { HEADER_SIZE_BYTES } from '../../format/header.ts'
import { beginWrite, endWrite } from '../../protocol/seqlock.ts'
import { type AccessorKind, accessorName } from '../../schema/accessor-names.ts'
import type { StoreDefinition } from '../../schema/definition.ts'
import { extraAccessorsOf, fieldTypeOf } from '../../schema/field-types.ts'
import { COUNTER_OFFSET_BYTES } from '../../schema/layout.ts'
import type { Columns } from '../../store/append-many.ts'
import { APPEND, isIndexBelow, type Views } from '../../store/hot-records.ts'
import { RecordStore } from '../../store/record-store.ts'
import { valueKindOf } from '../../values/kinds.ts'
import { identity, REFUSED } from '../kinds/kind.ts'
import { kindOf } from '../kinds/kinds.ts'
import { textComparison } from '../kinds/text.ts'
import { makeScan } from '../make-scan.ts'
import type { UntypedStoreClass } from '../untyped-store.ts'
import { type ClosureField, cursorClass, type FieldAccess } from './cursor.ts'
import { type ReadableField, type ReadableStore, readFields } from './read.ts'

type Values = Record<string, unknown>

export function closureStore(definition: StoreDefinition): UntypedStoreClass {
  const { recordSizeBytes } = definition.layout
  const fields = definition.layout.fields.map(
    (field): ClosureField => ({ ...field, codec: kindOf(field).codec(field) }),
  )

  class ClosureStore extends RecordStore<Values> {
    static readonly definition = definition
    static readonly makeScan = makeScan

    get(index: number): Values {
      const values = this.read(index, fields)
      return Object.fromEntries(fields.map(({ property }, i) => [property, values[i]]))
    }

    getInto<T extends Values>(index: number, target: T): T {
      const values = this.get(index)
      if (typeof target !== 'object' || target === null) this.refuseRecord(target)
      return Object.assign(target, values)
    }

    set(index: number, record: Values): void {
      const encoded = this.encodeRecord(index, record)
      if (!isIndexBelow(index, this.writeLimit)) this.claim(index)
      this.store(index, fields, encoded)
    }

    append(record?: Values): number {
      return this.publish(record === undefined ? this.claimNext() : this.writeNext(record))
    }

    update(index: number, patch: Values): void {
      if (typeof patch !== 'object' || patch === null) this.refuseRecord(patch)
      const values = fields.map((field) => patch[field.property])
      const given = fields.filter((_, i) => values[i] !== undefined)
      const prepared = this.encode(
        index,
        given,
        values.filter((value) => value !== undefined),
      )
      if (given.length === 0) {
        this.finishPatch(index, patch)
        return
      }
      if (!isIndexBelow(index, this.writeLimit)) this.claim(index)
      this.store(index, given, prepared)
    }

    cursor(): object {
      return new Cursor(this)
    }

    /** Reads some fields in one consistent snapshot. */
    read(index: number, wanted: readonly ReadableField[]): unknown[] {
      return readFields(this as unknown as ReadableStore, index, wanted)
    }

    /** Writes one field consistently. */
    writeField(index: number, field: ClosureField, value: unknown): void {
      const prepared = this.encode(index, [field], [value])
      if (!isIndexBelow(index, this.writeLimit)) this.claim(index)
      this.store(index, [field], prepared)
    }

    /** Atomically adds to one field; returns the new value. */
    addTo(index: number, field: ClosureField, delta: unknown): unknown {
      if (valueKindOf(field).isDelta?.(delta) !== true) this.refuseDelta(index, field.property, delta)
      this.claimStable(index)
      const sum = sumOf(this.stored(index, field), delta)
      const prepared = field.codec.prepare(sum)
      if (prepared === REFUSED) this.refuseSum(index, field.property, sum)
      this.store(index, [field], [prepared])
      return fieldTypeOf(field.type).view === 'f32' ? Math.fround(sum as number) : sum
    }

    /** Atomically sets one field if it holds the expected value. */
    exchange(index: number, field: ClosureField, expected: unknown, value: unknown): boolean {
      const { keyOf = identity } = field.codec
      const key = valueKindOf(field).isOfType(expected) ? keyOf(expected) : REFUSED
      if (key === REFUSED) this.refuseValue(index, field.property, expected)
      this.encode(index, [field], [value])
      this.claimStable(index)
      if (keyOf(this.stored(index, field)) !== key) return this.cancelWrite(index)
      this.store(index, [field], this.encode(index, [field], [value]))
      return true
    }

    /** Before a field is read to be written. */
    private claimStable(index: number): void {
      const isFree =
        isIndexBelow(index, this.writeLimit) && ((this.i32[this.counterOf(index)] as number) & 1) === 0
      if (!isFree) this.claim(index)
    }

    /** Loads a field of a record that this writer has taken. */
    private stored(index: number, { codec, offsetBytes, property }: ClosureField): unknown {
      const loaded = codec.load(this.views(), HEADER_SIZE_BYTES + index * recordSizeBytes + offsetBytes)
      const judged = codec.judge(loaded)
      if (judged === REFUSED) this.refuseStored(index, property, codec.stored(loaded))
      return judged
    }

    view(index: number, property: string): Uint8Array {
      return this.viewField(index, property)
    }

    protected appendRow(columns: Columns<Values>, index: number): number {
      const row = fields.map(({ property }) => [property, columns[property]?.[index]])
      return this.writeNext(Object.fromEntries(row))
    }

    protected writeNext(record: Values): number {
      const encoded = this.encodeRecord(APPEND, record)
      const index = this.claimNext()
      this.store(index, fields, encoded)
      return index
    }

    private encodeRecord(index: number, record: Values): unknown[] {
      if (typeof record !== 'object' || record === null) this.refuseRecord(record)
      return this.encode(
        index,
        fields,
        fields.map(({ property }) => record[property]),
      )
    }

    /** Checks and encodes values, so that storing them can't fail. */
    private encode(index: number, into: readonly ClosureField[], values: readonly unknown[]): unknown[] {
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
      if ((before & 1) !== 0) before = this.beginTaken(index)
      try {
        for (let i = 0; i < into.length; i++) {
          const { codec, offsetBytes } = into[i] as ClosureField
          codec.store(views, start + offsetBytes, prepared[i])
        }
        endWrite(this.i32, counter, before, this.fence)
      } catch (error) {
        this.isTorn = true
        throw error
      }
    }

    /** The views are members of the store itself. */
    private views(): Views {
      return this as unknown as Views
    }
  }

  const Cursor = cursorClass(fields)
  for (const field of fields) defineAccessors(ClosureStore.prototype, field)
  Object.defineProperty(ClosureStore, 'name', { value: `${definition.schema.name}Store` })
  return ClosureStore as unknown as UntypedStoreClass
}

function defineAccessors(prototype: object, field: ClosureField): void {
  for (const kind of ['get', 'set', ...extraAccessorsOf(field.type)] as const) {
    const name = accessorName(kind, field.property)
    const value = ACCESSORS[kind](field)
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true })
  }
}

type Accessor = (this: FieldAccess, index: number, value: unknown, other: unknown) => unknown

const ACCESSORS: Readonly<Record<AccessorKind, (field: ClosureField) => Accessor>> = {
  get: (field) => {
    const only = [field]
    return function (index) {
      return this.read(index, only)[0]
    }
  },
  set: (field) =>
    function (index, value) {
      this.writeField(index, field, value)
    },
  add: (field) =>
    function (index, delta) {
      return this.addTo(index, field, delta)
    },
  compareAndSet: (field) =>
    function (index, expected, value) {
      return this.exchange(index, field, expected, value)
    },
  view: ({ property }) =>
    function (index) {
      return this.view(index, property)
    },
  equals: (field) => {
    const comparison = textComparison(field)
    const compared = [{ ...field, codec: comparison }]
    return function (index, text) {
      comparison.expect(text)
      return this.read(index, compared)[0]
    }
  },
}

function sumOf(stored: unknown, delta: unknown): number | bigint {
  return typeof stored === 'bigint' ? stored + (delta as bigint) : (stored as number) + (delta as number)
}
