/** Whether a file holds what its header says, and records of a given schema. */
import { fstatSync, readSync } from 'node:fs'
import { MmapForgeError } from '../errors.ts'
import { decodeHeader, HEADER_SIZE_BYTES, type Header } from '../format/header.ts'
import type { StoreDefinition } from '../schema/definition.ts'
import { capacityOf } from './growth.ts'
import { MAX_RECORD_COUNT } from './options.ts'
import { checkSchema } from './schema-check.ts'

/**
 * Judges a file before it is mapped.
 *
 * @returns its record count
 */
export function checkFile(fd: number, path: string, definition: StoreDefinition): number {
  const bytes = new Uint8Array(HEADER_SIZE_BYTES)
  const header = decodeHeader(bytes.subarray(0, readSync(fd, bytes, 0, HEADER_SIZE_BYTES, 0)), path)
  checkSchema(path, header, definition)
  // The size after the count: a live writer enlarges the file before it counts what it appended.
  checkCount(header, capacityOf(fstatSync(fd).size, header.recordSizeBytes), path)
  return Number(header.recordCount)
}

function checkCount({ recordCount, recordSizeBytes }: Header, capacityCount: number, path: string): void {
  if (recordCount > capacityCount) {
    throw new MmapForgeError(
      'ERR_CORRUPTED',
      `the header counts ${recordCount} records of ${recordSizeBytes} bytes, the file has room for ${capacityCount}: it ` +
        'was cut short, or its header is damaged; restore it from a copy',
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
