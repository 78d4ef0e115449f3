/**
 * Which bytes writers lock, of `<path>.lock` and of the store itself, and the mark that the content of the lock file is
 * while no writer has the store open. A lock may lie where a file has no bytes; all of these lie far beyond what either
 * will ever hold.
 */

export const LOCK_SUFFIX = '.lock'

/** Of the lock file: locked by whoever creates, opens or closes the store as one of many writers. */
export const SETUP_OFFSET_BYTES = 2 ** 40

/** Writers that can have a store open at once. */
export const MAX_WRITERS = 1024
/** Journals are told apart by a number below this. */
export const JOURNAL_IDS = 2 ** 32
/**
 * Of the store: from here on, each of many writers locks one byte for as long as it has the store open. Where that is
 * tells its journal and its slot, so that writers who can't hear of each other, since they came by two names of the file
 * and have two journals, find each other here. A writer that is alone locks all of it.
 */
export const WRITERS_OFFSET_BYTES = 2 ** 50
export const WRITERS_LENGTH_BYTES = JOURNAL_IDS * MAX_WRITERS

/** Of the store: the byte that the writer of a journal's first slot locks. */
export function firstLockOffsetBytes(journalId: number): number {
  return WRITERS_OFFSET_BYTES + journalId * MAX_WRITERS
}

/** Every mark has so many bytes, so that it can be written over any other. */
export const MARK_BYTES = 256
/** What an opener writes over the mark to take it away. Truncating instead may wait for the disk on some file systems. */
export const TAKEN_MARK = 'taken'

/** How marks begin, until they are taken. */
const CLEAN_MARK = 'clean'
/** Whatever else stands in a mark. */
const MARK_REST = /[\da-f \n-]/

/** A lock file: the original's is empty, ours may have a mark. Programs of many kinds keep files named `.lock`. */
export const LOCK_FILE = {
  what: 'the lock file',
  /** Either word may be half written over the other, and zeros are left where a loss of power took the rest. */
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
  /** Of the system that it was left on: what another start of it finds may be of any time before. */
  readonly bootId: string
  /** When it was modified last, in nanoseconds since 1970. */
  readonly mtimeNs: bigint
  /** When anything of it was changed last, its modification time included: unlike that, nobody can set it. */
  readonly ctimeNs: bigint
}

/** The clean mark: it says that no record of the file is mid-write. */
export function encodeMark(left: LeftFile): string {
  const { recordCount, device, inode, sizeBytes, bootId, mtimeNs, ctimeNs } = left
  const line = [CLEAN_MARK, recordCount, device, inode, sizeBytes, bootId, mtimeNs, ctimeNs].join(' ')
  return `${line.padEnd(MARK_BYTES - 1)}\n`
}
