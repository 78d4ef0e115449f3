/** Store classes that are made at run time, before they are typed. */
import type { OpenerName, RecordStore, StoreClass } from '../store/record-store.ts'

/** Any store, its fields unknown to the compiler. */
export type UntypedStoreClass = StoreClass<RecordStore<Record<string, unknown>>> &
  Pick<typeof RecordStore, OpenerName>
