/** What the tests of annotated files that are faulty share. */
import { expect, it } from 'vitest'
import { AnnotationError } from '../../../src/codegen/annotations/error.ts'
import { parseAnnotated } from '../../../src/codegen/annotations/parse.ts'

/** The error that a faulty file, `tick.ts`, is refused with. */
export function faultsOf(source: string): AnnotationError {
  try {
    parseAnnotated(source, 'tick.ts')
  } catch (error) {
    if (error instanceof AnnotationError) return error
    throw error
  }
  throw new Error('no fault was found')
}

/** A record whose members start on line 3, in column 1. */
export const record = (body: string): string => `/** @mmapforge version=1 */\ninterface Tick {\n${body}\n}\n`

export type Row = [what: string, source: string, place: string, message: string]

/** One fault, at one place, with one message: a second fault in its wake would be noise. */
export function checkRows(rows: readonly Row[], wrap: (source: string) => string): void {
  it.each(rows)('%s', (_, source, place, message) => {
    const error = faultsOf(wrap(source))
    expect(error.message).toMatch(new RegExp(`^tick\\.ts:${place}: ${message}`))
    expect(error.problems).toHaveLength(1)
  })
}
