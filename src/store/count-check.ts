/** Checks a record count, when a file is opened and when another process has appended to it. */
import { MmapForgeError } from '../errors.ts'
import { MAX_RECORD_COUNT } from '../format/header.ts'

/**
 * @param capacityCount records that the file has room for
 * @throws {MmapForgeError} `ERR_CORRUPTED` for more than that, `ERR_TOO_LARGE` for more than this release can read
 */
export function assertCount(recordCount: number | bigint, capacityCount: number, path: string): void {
  if (recordCount > capacityCount) {
    throw new MmapForgeError(
      'ERR_CORRUPTED',
      `the header counts ${recordCount} records, the file has room for ${capacityCount}: it was cut short, or its header ` +
        'is damaged; close the store and restore the file from a copy',
      { path },
    )
  }
  if (recordCount > MAX_RECORD_COUNT) {
    throw new MmapForgeError(
      'ERR_TOO_LARGE',
      `the file holds ${recordCount} records, this release reads up to ${MAX_RECORD_COUNT}`,
      { path },
    )
  }
}
