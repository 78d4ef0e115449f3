/**
 * What generated stores import. It is public only for them: its names may change together with the generator, so
 * regenerate when you upgrade.
 */
export { reduceRecords, scanRecords } from './codegen/scan-records.ts'
export type { Columns } from './store/append-many.ts'
export { clearRest, loadBlob, measureBlob, storeBlob } from './store/blob-field.ts'
export { defineRecord } from './store/definition.ts'
export { overflowsFloat32 } from './store/float32.ts'
export { APPEND, NOTHING } from './store/mapped-records.ts'
export { RecordStore } from './store/record-store.ts'
export type { ScanOptions, ScanReducer, ScanVisitor } from './store/scan.ts'
export { beginRead, beginWrite, endRead, endWrite } from './store/seqlock.ts'
export { TextField } from './store/text-field.ts'
