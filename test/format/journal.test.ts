/** The format of the journal: where everything stands, and whose journal it is. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  APPENDER_OFFSET_BYTES,
  COUNTER_HIGH_OFFSET_BYTES,
  COUNTER_LOW_OFFSET_BYTES,
  encodeJournalHeader,
  HAS_IMAGE,
  IMAGE_OFFSET_BYTES,
  IMAGE_STATE_OFFSET_BYTES,
  INDEX_OFFSET_BYTES,
  isJournalOf,
  JOURNAL_SUFFIX,
  type JournalOwner,
  journalIdIn,
  PART_LENGTH_OFFSET_BYTES,
  PART_START_OFFSET_BYTES,
  slotCountOf,
  slotOffsetBytes,
  slotSizeBytes,
} from '../../src/format/journal.ts'
import { expectError } from '../support/expect-error.ts'

const OWNER: JournalOwner = {
  device: 0x0102_0304_0506_0708n,
  inode: 2n ** 64n - 2n,
  schemaHash: Uint8Array.from({ length: 32 }, (_, i) => i + 1),
  recordSizeBytes: 104,
}
const ID = 0xfedc_ba98
const PATH = 'ticks.mmf.journal'
const HEADER_BYTES = 64
const ID_OFFSET_BYTES = 60
const LINE_BYTES = 64

describe('the header of a journal', () => {
  it('is laid out as documented', () => {
    const header = Buffer.from(encodeJournalHeader(OWNER, ID))
    expect(JOURNAL_SUFFIX).toBe('.journal')
    expect(header).toHaveLength(slotOffsetBytes(0, 104))
    expect(header.toString('latin1', 0, 4)).toBe('MMFJ')
    expect(header.readUInt32LE(4)).toBe(1)
    expect(header.readBigUInt64LE(8)).toBe(OWNER.device)
    expect(header.readBigUInt64LE(16)).toBe(OWNER.inode)
    expect(new Uint8Array(header.subarray(24, 56))).toEqual(OWNER.schemaHash)
    expect(header.readUInt32LE(56)).toBe(104)
    expect(header.readUInt32LE(60)).toBe(ID)
    expect(header.subarray(64).every((byte) => byte === 0)).toBe(true)
    expect(APPENDER_OFFSET_BYTES).toBe(HEADER_BYTES)
  })

  it('is that of its owner', () => {
    expect(isJournalOf(encodeJournalHeader(OWNER, ID), OWNER, PATH)).toBe(true)
    const longer = Buffer.concat([Buffer.alloc(3), encodeJournalHeader(OWNER, ID), Buffer.alloc(500, 1)])
    expect(isJournalOf(longer.subarray(3), OWNER, PATH)).toBe(true)
  })

  it.each<[string, Partial<JournalOwner>]>([
    ['device', { device: 1n }],
    ['inode', { inode: 2n ** 63n }],
    ['schema', { schemaHash: new Uint8Array(32) }],
    ['record size', { recordSizeBytes: 112 }],
  ])('is not that of one with another %s', (_, other) => {
    expect(isJournalOf(encodeJournalHeader(OWNER, ID), { ...OWNER, ...other }, PATH)).toBe(false)
  })

  it('has an id, whatever that is', () => {
    for (const id of [0, 1, ID, 2 ** 32 - 1]) {
      const header = encodeJournalHeader(OWNER, id)
      expect(journalIdIn(header)).toBe(id)
      expect(isJournalOf(header, OWNER, PATH)).toBe(true)
    }
  })

  it('is worth nothing with any other bit changed, or of another release', () => {
    const header = encodeJournalHeader(OWNER, ID)
    for (let bit = 0; bit < ID_OFFSET_BYTES * 8; bit++) {
      const changed = Uint8Array.from(header)
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7))
      if (bit >= 32 && bit < 64) {
        const error = expectError(() => isJournalOf(changed, OWNER, PATH), 'ERR_UNSUPPORTED_VERSION', {
          path: PATH,
        })
        const version = new DataView(changed.buffer).getUint32(4, true)
        expect(error.message).toContain(`the journal has version ${version}, this release reads 1`)
      } else {
        expect(isJournalOf(changed, OWNER, PATH), `bit ${bit}`).toBe(false)
      }
    }
  })

  it('is worth nothing where it is cut short', () => {
    const header = encodeJournalHeader(OWNER, ID)
    for (let length = 0; length < header.length; length++) {
      expect(isJournalOf(header.subarray(0, length), OWNER, PATH), `${length} bytes`).toBe(false)
    }
  })

  it('is no header at random', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(isJournalOf(bytes, OWNER, PATH)).toBe(false)
      }),
    )
  })
})

describe('a slot', () => {
  it('is laid out as documented', () => {
    const offsets = [
      IMAGE_STATE_OFFSET_BYTES,
      INDEX_OFFSET_BYTES,
      COUNTER_LOW_OFFSET_BYTES,
      COUNTER_HIGH_OFFSET_BYTES,
      PART_START_OFFSET_BYTES,
      PART_LENGTH_OFFSET_BYTES,
      IMAGE_OFFSET_BYTES,
    ]
    expect(offsets).toEqual([0, 4, 8, 12, 16, 20, 24])
    // Neither of what damage is likely to leave, nor what is said of a slot that was never used.
    expect([0, 1, 2 ** 32 - 1]).not.toContain(HAS_IMAGE)
  })

  it('has room for the record without its counter, and shares its cache lines with no other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 2 ** 18 }), fc.nat(1023), (words, slot) => {
        const recordBytes = words * 8
        const sizeBytes = slotSizeBytes(recordBytes)
        expect(sizeBytes).toBeGreaterThanOrEqual(IMAGE_OFFSET_BYTES + recordBytes - 8)
        expect(sizeBytes).toBeLessThan(IMAGE_OFFSET_BYTES + recordBytes - 8 + LINE_BYTES)
        expect(slotOffsetBytes(slot, recordBytes) % LINE_BYTES).toBe(0)
        expect(slotOffsetBytes(slot + 1, recordBytes)).toBe(slotOffsetBytes(slot, recordBytes) + sizeBytes)
      }),
    )
    expect(slotOffsetBytes(0, 104)).toBe(APPENDER_OFFSET_BYTES + LINE_BYTES)
  })

  it('counts once it is whole', () => {
    for (const recordBytes of [16, 104, 408, 2 ** 20]) {
      for (const count of [0, 1, 2, 1024]) {
        const bytes = slotOffsetBytes(count, recordBytes)
        expect(slotCountOf(bytes, recordBytes)).toBe(count)
        expect(slotCountOf(bytes - 1, recordBytes)).toBe(Math.max(0, count - 1))
        expect(slotCountOf(bytes + 1, recordBytes)).toBe(count)
      }
      for (const bytes of [0, 1, 64, 127]) expect(slotCountOf(bytes, recordBytes)).toBe(0)
    }
  })
})
