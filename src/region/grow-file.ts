/** Makes a file longer, with blocks allocated for every byte, or leaves it as it was. */
import { fstatSync, ftruncateSync } from 'node:fs'
import { MmapForgeError } from '../errors.ts'
import { writeWhole } from '../os/files.ts'
import type { NativeOs } from '../os/os.ts'
import { explained, hasCode, isSystemError, MAX_INTERRUPTIONS, onFile } from '../os/system-error.ts'
import { undoing } from '../os/undo.ts'

/** Bytes of zeros written at a time where the file system can't allocate. */
const ZEROS_BYTES = 1 << 20
/** The unit in which stat(2) counts blocks, whatever the block size of the file system. */
const STAT_BLOCK_BYTES = 512
/** An allocation that is interrupted by signals is not split into smaller ranges than this. */
const MIN_STEP_BYTES = 1 << 16

/** A file that grows, and how what was written to it is made durable. */
export interface GrowingFile {
  readonly fd: number
  /** For messages. */
  readonly path: string
  sync(): void
}

/** As stat(2) reports it. */
export interface FileSize {
  readonly size: number
  /** Of {@link STAT_BLOCK_BYTES} each. */
  readonly blocks: number
}

/**
 * Grows a file from one size to another. The new bytes are zero, and stores to them can't fail for lack of space.
 * (Except on copy-on-write file systems such as Btrfs, where no allocation can promise that.)
 *
 * The caller's lock must exclude others that may grow the file at the same time: then the file ends at `fromBytes`, and
 * what this function undoes is its own. Without a lock, it still never undoes what another process has *stored*, as long as
 * the file system can allocate: the file's size tells another process's growth from its own.
 *
 * @throws {MmapForgeError} `ERR_NO_SPACE`, `ERR_TOO_LARGE`; what `sync` throws. The file then has its size and blocks as
 *   before
 */
export function growFile(os: NativeOs, file: GrowingFile, fromBytes: number, toBytes: number): void {
  try {
    if (!allocated(os, file.fd, fromBytes, toBytes)) writeZeros(file, fromBytes, toBytes)
  } catch (cause) {
    throw explain(cause, file.path, fromBytes, toBytes)
  }
}

/**
 * Allocates blocks for every byte of a file: a file that was restored sparse has holes, and on a full disk a store to a
 * hole would end the process. A file without holes costs one comparison. If the file system can't allocate, holes stay.
 *
 * @throws {MmapForgeError} `ERR_NO_SPACE`; the content is then as before, though some holes may be filled
 */
export function fillHoles(os: NativeOs, fd: number, { size, blocks }: FileSize, path: string): void {
  if (blocks * STAT_BLOCK_BYTES >= size) return
  try {
    onFile(path, () => allocate(os, fd, 0, size, true))
  } catch (cause) {
    if (!isSystemError(cause, 'ENOSPC', 'EDQUOT')) throw cause
    const message =
      'the file has holes that the disk has no room for; free some space and open it again, or with readOnly: true'
    throw new MmapForgeError('ERR_NO_SPACE', message, { path, cause })
  }
}

/**
 * Allocates in two steps. The first takes the blocks beyond the end of the file and leaves its size alone: if the disk is
 * full then, any growth of the file is another process's, and stays. The second moves the end of the file over the blocks,
 * and never back: the kernel takes the greater of both sizes.
 *
 * @returns false if the file system can't allocate
 */
function allocated(os: NativeOs, fd: number, fromBytes: number, toBytes: number): boolean {
  const beyondEnd = orGiveBack(fd, fromBytes, fromBytes, () => allocate(os, fd, fromBytes, toBytes, true))
  // NFS, for one, allocates only if it may move the end. If the disk is full and the file is longer, its growth then counts
  // as ours.
  const oursUpTo = beyondEnd ? fromBytes : toBytes
  return orGiveBack(fd, fromBytes, oursUpTo, () => allocate(os, fd, fromBytes, toBytes, false))
}

/** @returns false if the file system or the kernel does not support the operation */
function allocate(os: NativeOs, fd: number, fromBytes: number, toBytes: number, keepSize: boolean): boolean {
  let stepBytes = toBytes - fromBytes
  let offsetBytes = fromBytes
  let interruptions = 0
  while (offsetBytes < toBytes) {
    const lengthBytes = Math.min(stepBytes, toBytes - offsetBytes)
    try {
      os.allocateBlocks(fd, offsetBytes, lengthBytes, keepSize)
      offsetBytes += lengthBytes
      interruptions = 0
    } catch (error) {
      if (isSystemError(error, 'EOPNOTSUPP', 'ENOSYS', 'EINVAL')) return false
      if (!isSystemError(error, 'EINTR') || ++interruptions > MAX_INTERRUPTIONS) throw error
      // Halved, because tmpfs undoes an interrupted call: a profiler's signals could interrupt a long one for ever.
      stepBytes = Math.max(MIN_STEP_BYTES, Math.ceil(stepBytes / 2))
    }
  }
  return true
}

/** For file systems that can't allocate: writing zeros allocates blocks. */
function writeZeros({ fd, sync }: GrowingFile, fromBytes: number, toBytes: number): void {
  const zeros = new Uint8Array(Math.min(ZEROS_BYTES, toBytes - fromBytes))
  orGiveBack(fd, fromBytes, toBytes, () => {
    let offsetBytes = fromBytes
    while (offsetBytes < toBytes) {
      const lengthBytes = Math.min(zeros.length, toBytes - offsetBytes)
      writeWhole(fd, zeros.subarray(0, lengthBytes), offsetBytes)
      offsetBytes += lengthBytes
    }
    // A network file system may accept bytes that the server has no room for, and report that only here.
    sync()
    return true
  })
}

/**
 * Runs a step; if it fails, gives back the blocks that it took. Truncating a file to the size it has frees what is allocated
 * beyond its end. A file longer than `oursUpToBytes` was grown by another process, which may use the new part: the file
 * then stays as it is, and keeps our blocks.
 */
function orGiveBack(fd: number, fromBytes: number, oursUpToBytes: number, step: () => boolean): boolean {
  return undoing((undo) => {
    undo.push(() => {
      const { size } = fstatSync(fd)
      if (size >= fromBytes && size <= oursUpToBytes) ftruncateSync(fd, fromBytes)
    })
    return step()
  })
}

function explain(cause: unknown, path: string, fromBytes: number, toBytes: number): unknown {
  const attempt = `can't grow from ${fromBytes} to ${toBytes} bytes`
  if (
    hasCode(cause, 'ERR_SYNC_FAILED') &&
    isSystemError((cause as MmapForgeError).cause, 'ENOSPC', 'EDQUOT')
  ) {
    return explained((cause as MmapForgeError).cause, path, attempt)
  }
  if (isSystemError(cause, 'EFBIG')) {
    return new MmapForgeError(
      'ERR_TOO_LARGE',
      `${attempt}: more than the file system, or the process's limit on file sizes, allows`,
      { path, cause },
    )
  }
  return explained(cause, path, attempt)
}
