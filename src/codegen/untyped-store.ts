/** Store classes that are made at run time, before they have a type. */
import type { OpenerName, RecordStore, StoreClass } from '../store/record-store.ts'

/** Any store; the compiler does not know its fields. */
export type UntypedStoreClass = StoreClass<RecordStore<Record<string, unknown>>> &
  Pick<typeof RecordStore, OpenerName>
