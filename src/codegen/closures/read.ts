/** Reads fields without generated code: the read loop that the emitter writes around their loads, as a function. */
import { HEADER_SIZE_BYTES } from '../../format/header.ts'
import { beginRead, endRead } from '../../protocol/seqlock.ts'
import { COUNTER_OFFSET_BYTES, type LayoutField } from '../../schema/layout.ts'
import { isIndexBelow, type Views } from '../../store/hot-records.ts'
import { type FieldReader, REFUSED } from '../kinds/kind.ts'

export interface ReadableField extends LayoutField {
  readonly codec: FieldReader
}

/** The part of a store that a read needs; its views are members of the store. */
export interface ReadableStore extends Views {
  readonly readLimit: number
  readonly recordSizeBytes: number
  readonly fence: number
  missRead(index: number): void
  retryRead(index: number, since: number): number
  refuseStored(index: number, property: string, stored: unknown): never
}

/** Reads some fields in one consistent snapshot. */
export function readFields(store: ReadableStore, index: number, wanted: readonly ReadableField[]): unknown[] {
  if (!isIndexBelow(index, store.readLimit)) store.missRead(index)
  const start = HEADER_SIZE_BYTES + index * store.recordSizeBytes
  const counter = (start + COUNTER_OFFSET_BYTES) / 4
  for (let since = 0; ; since = store.retryRead(index, since)) {
    const before = beginRead(store.i32, counter)
    const loaded = wanted.map(({ codec, offsetBytes }) => codec.load(store, start + offsetBytes))
    if (!endRead(store.i32, counter, before, store.fence)) continue
    return wanted.map(({ codec, property }, i) => {
      const judged = codec.judge(loaded[i])
      if (judged === REFUSED) store.refuseStored(index, property, codec.stored(loaded[i]))
      return judged
    })
  }
}
