/**
 * `<path>.lock`: which bytes of it writers lock, and the clean mark that it contains while no writer has the store
 * open.
 */

export const LOCK_SUFFIX = '.lock'

/** Writers that can have a store open at once. */
export const MAX_WRITERS = 1024
/**
 * The byte that one of many writers locks while it creates, opens or closes the store. Locks may lie where the file
 * has no bytes; this one and those of the slots lie beyond anything that the file will ever contain.
 */
export const SETUP_OFFSET_BYTES = 2 ** 40
/** From here on, each of many writers locks one byte, that of its slot, for as long as it has the store open. */
export const FIRST_SLOT_OFFSET_BYTES = SETUP_OFFSET_BYTES + 1

/** The longest content that is read. */
export const MARK_MAX_BYTES = 256
/** What an opener writes over the mark to take it away. Truncating instead may wait for the disk on some file systems. */
export const TAKEN_MARK = 'taken'

/** A store's file, as its last writer left it. */
export interface LeftFile {
  readonly recordCount: number
  readonly device: bigint
  readonly inode: bigint
  readonly sizeBytes: bigint
  /** When it was modified last, in nanoseconds since 1970. */
  readonly mtimeNs: bigint
}

/** The clean mark: it says that no record of the file is mid-write. */
export function encodeMark({ recordCount, device, inode, sizeBytes, mtimeNs }: LeftFile): string {
  return `clean ${[recordCount, device, inode, sizeBytes, mtimeNs].join(' ')}\n`
}
