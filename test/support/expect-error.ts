/** Expectations about errors. */
import { type ErrorCode, MmapForgeError } from 'mmapforge'
import { expect } from 'vitest'
import { forgeErrorOf } from './errors.ts'

export interface ErrorPlace {
  readonly path?: string
  readonly record?: number
  readonly field?: string
}

/** Expects an error of ours with a code; each part of the place must be a property of it, and stand in its message. */
export function expectError(action: () => unknown, code: ErrorCode, place: ErrorPlace = {}): MmapForgeError {
  const error = forgeErrorOf(action)
  expect(error, error.message).toBeInstanceOf(MmapForgeError)
  expect(error.code, error.message).toBe(code)
  expect(error).toMatchObject(place)
  if (place.path !== undefined) expect(error.message).toContain(place.path)
  if (place.record !== undefined) expect(error.message).toContain(`record ${place.record}`)
  if (place.field !== undefined) expect(error.message).toContain(`field "${place.field}"`)
  return error
}
