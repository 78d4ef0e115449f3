/**
 * What generated stores import. It is public only for them: its names may change together with the generator, so
 * regenerate when you upgrade.
 */
export { makeScan } from './codegen/make-scan.ts'
export { beginRead, beginWrite, endRead, endWrite } from './protocol/seqlock.ts'
export { defineRecord } from './schema/definition.ts'
export type { Columns } from './store/append-many.ts'
export { APPEND, NOTHING } from './store/hot-records.ts'
export { RecordStore, type StoreOpener } from './store/record-store.ts'
export { ThreadBound } from './store/thread-bound.ts'
export { clearRest, loadBlob, measureBlob, storeBlob } from './values/blob-field.ts'
export { timeOf } from './values/dates.ts'
export { EnumField } from './values/enum-field.ts'
export { overflowsFloat32 } from './values/float32.ts'
export { TextField } from './values/text-field.ts'
export { copyWords, exchangeOdd } from './writers/slot.ts'
