/**
 * `<path>.lock`: which bytes of it writers lock, and the mark that its content is while no writer has the store open.
 */

export const LOCK_SUFFIX = '.lock'

/** Writers that can have a store open at once. */
export const MAX_WRITERS = 1024
/**
 * Locked by whoever creates, opens or closes the store as one of many writers. A lock may lie where the file has no
 * bytes; this one and those of the slots lie beyond anything that the file will ever hold.
 */
export const SETUP_OFFSET_BYTES = 2 ** 40
/** Each of many writers locks one byte from here on, that of its slot, for as long as it has the store open. */
export const FIRST_SLOT_OFFSET_BYTES = SETUP_OFFSET_BYTES + 1

/** The longest content that is looked at. */
export const MARK_MAX_BYTES = 256
/** The content once an opener has taken the mark. Written over it, since a file system may have truncating wait for the disk. */
export const TAKEN_MARK = 'taken'

/** A store's file as its last writer left it. */
export interface LeftFile {
  readonly recordCount: number
  readonly device: bigint
  readonly inode: bigint
  readonly sizeBytes: bigint
  /** When it was modified last, in nanoseconds since 1970. */
  readonly mtimeNs: bigint
}

/** The mark that says of a file that none of its records is mid-write. */
export function encodeMark({ recordCount, device, inode, sizeBytes, mtimeNs }: LeftFile): string {
  return `clean ${[recordCount, device, inode, sizeBytes, mtimeNs].join(' ')}\n`
}
