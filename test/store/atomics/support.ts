/** What the parts of the core suite about atomic steps expect of a record that was taken and let go. */
import { expect } from 'vitest'
import type { ErrorCode, MmapForgeError } from '../../../src/errors.ts'
import {
  type AnyStore,
  bytesOf,
  openedOf,
  recordOffsetBytes,
  regionOf,
  type StoreBytes,
} from '../../support/any-store.ts'
import { type ErrorPlace, expectError } from '../../support/expect-error.ts'
import { expectEqualBytes } from '../support/context.ts'

/** Expects each record to be whole, so that anybody can write it. */
export function expectLetGo(store: AnyStore, count = store.length): void {
  for (let i = 0; i < count; i++) {
    expect((regionOf(store)[recordOffsetBytes(store, i)] as number) & 1, `the counter of record ${i}`).toBe(0)
  }
}

/** All that a store holds. Among many writers a record that was let go is as it was, but its counter has moved on. */
export function contentsOf(store: AnyStore): StoreBytes {
  const contents = bytesOf(store)
  if (openedOf(store).writer.untaken !== 'none') return contents
  for (const bytes of [contents.region, contents.file]) {
    for (let i = 0; i < store.length; i++) bytes?.writeUInt32LE(0, recordOffsetBytes(store, i))
  }
  return contents
}

export function expectSameContents(store: AnyStore, before: StoreBytes): void {
  expectEqualBytes(contentsOf(store), before)
}

/** Expects an error of ours, and nothing that the store holds changed. */
export function expectNoChange(
  store: AnyStore,
  action: () => unknown,
  code: ErrorCode,
  place: ErrorPlace = {},
): MmapForgeError {
  const before = contentsOf(store)
  const error = expectError(action, code, { path: store.path, ...place })
  expectSameContents(store, before)
  return error
}
