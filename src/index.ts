/** The public names of mmapforge. */
export {
  type AccessorsOf,
  type CursorOf,
  type DefinedStore,
  defineStore,
  type Fields,
  type IndexOf,
  type RecordOf,
  type StoreOf,
} from './codegen/define-store.ts'
export { ERROR_CODES, type ErrorCode, type ErrorContext, MmapForgeError } from './errors.ts'
export { MEMORY_PATH } from './region/heap-region.ts'
export * from './schema/annotations.ts'
export type { Columns } from './store/append-many.ts'
export type { OpenWhenReadyOptions } from './store/open-when-ready.ts'
export type { Access, StoreOptions, Writers } from './store/options.ts'
export { RecordStore, type StoreClass } from './store/record-store.ts'
export type { ScanOptions, ScanReducer, ScanVisitor } from './store/scan.ts'
export type { AppendedOptions, WaitOptions, WatchOptions } from './waiting/waits.ts'
export type { RecoveredRecord } from './writers/recovery.ts'
