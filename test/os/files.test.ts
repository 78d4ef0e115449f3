/** Files that are read whole: without waiting, and no more than memory has room for. */
import { execFileSync } from 'node:child_process'
import { symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readText, readTextIfThere } from '../../src/os/files.ts'
import { readSidecar } from '../../src/os/sidecars.ts'
import { codeOf } from '../support/errors.ts'
import { expectError } from '../support/expect-error.ts'
import { tempPath } from '../support/temp.ts'

const KIND = { what: 'the sidecar', isOurs: () => true }

describe('a file that is read whole', () => {
  it('may be reached through links', () => {
    const path = tempPath()
    expect(readTextIfThere(path)).toBeUndefined()
    writeFileSync(path, '\ufefftext é')
    symlinkSync(path, `${path}.link`)
    expect(readText(`${path}.link`)).toBe('text é')
  })

  it('is none that has no end, or never begins', () => {
    const path = tempPath()
    expectError(() => readText('/dev/zero'), 'ERR_TYPE_MISMATCH', { path: '/dev/zero' })
    execFileSync('mkfifo', [path])
    expectError(() => readText(path), 'ERR_TYPE_MISMATCH', { path })
    expect(codeOf(() => readText(dirname(path)))).toBe('EISDIR')
  })

  it('has a size that memory has room for', () => {
    const path = tempPath()
    writeFileSync(path, '')
    truncateSync(path, 2 ** 40)
    for (const read of [readText, (path: string) => readSidecar(path, KIND)]) {
      expectError(() => read(path), 'ERR_TOO_LARGE', { path })
    }
  })
})
