/** Temporary folders. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A new empty folder, made within a test and removed when that test ends. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mmapforge-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A path in a new temporary folder; nothing stands there yet. */
export function tempPath(name = 'store.mmf'): string {
  return join(tempFolder(), name)
}
