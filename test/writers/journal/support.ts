/** Journals and records as bytes, made to look as if writers had died, whatever they were about. */
import { fstatSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import {
  COUNTER_HIGH_OFFSET_BYTES,
  COUNTER_LOW_OFFSET_BYTES,
  encodeJournalHeader,
  HAS_IMAGE,
  IMAGE_OFFSET_BYTES,
  INDEX_OFFSET_BYTES,
  type JournalOwner,
  NO_IMAGE,
  PART_LENGTH_OFFSET_BYTES,
  PART_START_OFFSET_BYTES,
  slotOffsetBytes,
  slotSizeBytes,
} from '../../../src/format/journal.ts'
import { identityOf } from '../../../src/os/files.ts'
import { journalOwner } from '../../../src/writers/journal.ts'
import { TickStore } from '../../processes/stores.ts'
import { COUNTER_BYTES, RECORD_BYTES, recordOffsetBytes, withFile } from '../../support/tick-files.ts'

/** What a slot of the journal holds. */
export interface SlotState {
  readonly index: number
  /** The counter that it names, in two halves. */
  readonly low: number
  readonly high?: number
  /** The record before the write, without its counter; none by default. */
  readonly image?: Uint8Array
}

export function ownerOf(path: string): JournalOwner {
  return withFile(path, 'r', (fd) => journalOwner(identityOf(fd), TickStore.definition))
}

export function slotBytes({ index, low, high = 0, image }: SlotState): Buffer {
  const bytes = Buffer.alloc(slotSizeBytes(RECORD_BYTES))
  bytes.writeUInt32LE(image === undefined ? NO_IMAGE : HAS_IMAGE)
  bytes.writeUInt32LE(index, INDEX_OFFSET_BYTES)
  bytes.writeUInt32LE(low, COUNTER_LOW_OFFSET_BYTES)
  bytes.writeUInt32LE(high, COUNTER_HIGH_OFFSET_BYTES)
  bytes.writeUInt32LE(2, PART_START_OFFSET_BYTES)
  bytes.writeUInt32LE((RECORD_BYTES - 8) / 4, PART_LENGTH_OFFSET_BYTES)
  bytes.set(image ?? [], IMAGE_OFFSET_BYTES)
  return bytes
}

/** Fills a slot of a store's journal, under the hands of whoever has it open. */
export function writeSlot(path: string, slot: number, state: SlotState | Uint8Array): void {
  withFile(`${path}.journal`, 'r+', (fd) => {
    const at = slotOffsetBytes(slot, RECORD_BYTES)
    // A journal is never shortened, and every slot of it is whole.
    if (fstatSync(fd).size < at) writeSync(fd, Buffer.alloc(1), 0, 1, at - 1)
    const bytes = state instanceof Uint8Array ? state : slotBytes(state)
    writeSync(fd, bytes, 0, bytes.length, at)
  })
}

/** The low half of the counter that a slot names. */
export function namedLow(path: string, slot: number): number {
  return readFileSync(`${path}.journal`).readUInt32LE(
    slotOffsetBytes(slot, RECORD_BYTES) + COUNTER_LOW_OFFSET_BYTES,
  )
}

/** A journal as bytes, for a store that nobody has open. */
export function journalBytes(path: string, ...slots: SlotState[]): Buffer {
  return Buffer.concat([encodeJournalHeader(ownerOf(path), 1), ...slots.map(slotBytes)])
}

/** All of a record but its counter. */
export function imageOf(path: string, index: number): Buffer {
  const at = recordOffsetBytes(index)
  return readFileSync(path).subarray(at + COUNTER_BYTES, at + RECORD_BYTES)
}

/** Overwrites all of a record but its counter. */
export function tear(path: string, index: number, byte = 0x20): void {
  withFile(path, 'r+', (fd) => {
    const bytes = Buffer.alloc(RECORD_BYTES - COUNTER_BYTES, byte)
    writeSync(fd, bytes, 0, bytes.length, recordOffsetBytes(index) + COUNTER_BYTES)
  })
}

/** Takes the mark away that says that the store was closed: its last writer seems to have died. */
export function forgetClosing(path: string): void {
  truncateSync(`${path}.lock`)
}
