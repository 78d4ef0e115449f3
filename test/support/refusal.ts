/** Operations that must fail without a trace. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { expect } from 'vitest'
import { errorOf } from './errors.ts'
import { folderState } from './folder-state.ts'

/**
 * Expects an operation to throw and to leave a folder as it was, byte by byte, and no descriptor or mapping in it.
 *
 * @returns the error, and its code as text
 */
export function refusal(folder: string, action: () => unknown): Error & { code: string } {
  const before = { ...folderState(folder), ...usesOf(folder) }
  const error = errorOf(action) as Error & { code: string }
  if (!(error instanceof Error) || typeof error.code !== 'string') throw error
  expect({ ...folderState(folder), ...usesOf(folder) }, error.message).toEqual(before)
  return error
}

/** How many descriptors and mappings this process has of files below a folder. */
export function usesOf(folder: string): { descriptors: number; mappings: number } {
  const isBelow = (target: string): boolean => target.startsWith(`${folder}/`)
  return {
    descriptors: readdirSync('/proc/self/fd').filter((fd) => isBelow(targetOf(fd))).length,
    mappings: readFileSync('/proc/self/maps', 'utf8')
      .split('\n')
      .filter((line) => isBelow(line.slice(line.indexOf('/')))).length,
  }
}

function targetOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    return ''
  }
}
