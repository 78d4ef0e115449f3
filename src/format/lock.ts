/**
 * The bytes that writers lock, of `<path>.lock` and of the store itself, and the mark that is the content of the lock file
 * while no writer has the store open. A lock may lie where a file has no bytes: all of these lie far beyond the end that
 * either file will ever have.
 */

export const LOCK_SUFFIX = '.lock'

/** The setup byte, of the lock file: locked by a writer that creates, opens or closes the store as one of many. */
export const SETUP_OFFSET_BYTES = 2 ** 40

/** Writers that can have a store open at once. */
export const MAX_WRITERS = 1024
/** The id of a journal is a number below this. */
export const JOURNAL_IDS = 2 ** 32
/**
 * Of the store: in this range each of many writers locks one byte for as long as it has the store open. The position of the
 * byte tells the writer's journal and slot. So writers that opened the file by two names, and therefore have two journals,
 * still find each other here. A writer that is alone locks the whole range.
 */
export const WRITERS_OFFSET_BYTES = 2 ** 50
export const WRITERS_LENGTH_BYTES = JOURNAL_IDS * MAX_WRITERS

/** Of the store: the byte that the writer of a journal's first slot locks. */
export function firstLockOffsetBytes(journalId: number): number {
  return WRITERS_OFFSET_BYTES + journalId * MAX_WRITERS
}

/** Every mark has this many bytes, so that one can be written over another. */
export const MARK_BYTES = 256
/** What an opener writes over the mark to take it away. Truncating instead may wait for the disk on some file systems. */
export const TAKEN_MARK = 'taken'

/** How a mark begins until an opener takes it. */
const CLEAN_MARK = 'clean'
/** The characters of the rest of a mark. */
const MARK_REST = /[\da-f \n-]/

/** A lock file: the Go project's is empty, ours may have a mark. Other programs keep files named `.lock` too. */
export const LOCK_FILE = {
  what: 'the lock file',
  /** Either word may be half written over the other, and after a loss of power the rest may be zeros. */
  isOurs: (head: Uint8Array): boolean => {
    const text = new TextDecoder().decode(head).replace(/\0+$/, '')
    const isOfMarks = (character: string, i: number): boolean =>
      i < CLEAN_MARK.length
        ? character === CLEAN_MARK[i] || character === TAKEN_MARK[i]
        : MARK_REST.test(character)
    return head.length <= MARK_BYTES && [...text].every(isOfMarks)
  },
}

/** A store's file, as its last writer left it. */
export interface LeftFile {
  readonly recordCount: number
  readonly device: bigint
  readonly inode: bigint
  readonly sizeBytes: bigint
  /** The boot in which the file was left: after another one, the file may be of any earlier time. */
  readonly bootId: string
  /** When its content was last modified, in nanoseconds since 1970. */
  readonly mtimeNs: bigint
  /** When anything about it last changed, `mtimeNs` included. Unlike that, no program can set it. */
  readonly ctimeNs: bigint
}

/** The clean mark: it says that no record of the file is mid-write. */
export function encodeMark(left: LeftFile): string {
  const { recordCount, device, inode, sizeBytes, bootId, mtimeNs, ctimeNs } = left
  const line = [CLEAN_MARK, recordCount, device, inode, sizeBytes, bootId, mtimeNs, ctimeNs].join(' ')
  return `${line.padEnd(MARK_BYTES - 1)}\n`
}
