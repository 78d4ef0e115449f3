/** Temporary folders. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A new empty folder, made within a test and removed when that test ends. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mmapforge-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Memory that looks like a disk, where there is one: a test that is not about the disk need not wait for it. */
const fastFolder = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** A path in a new temporary folder, which may be in memory; nothing stands there yet. */
export function fastPath(name = 'store.mmf'): string {
  const folder = mkdtempSync(join(fastFolder, 'mmapforge-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, name)
}

/** A path in a new temporary folder; nothing stands there yet. */
export function tempPath(name = 'store.mmf'): string {
  return join(tempFolder(), name)
}
