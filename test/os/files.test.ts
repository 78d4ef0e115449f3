/** Files that stand beside a store: opened without waiting, and never through a link. */
import { execFileSync } from 'node:child_process'
import {
  closeSync,
  linkSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { defineStore, float64 } from '../../src/index.ts'
import { O_CREAT, O_RDWR, openSidecar, readSidecar } from '../../src/os/files.ts'
import { expectError } from '../support/expect-error.ts'
import { folderState } from '../support/folder-state.ts'
import { tempPath } from '../support/temp.ts'

const PointStore = defineStore('Point', { version: 1 }, { x: float64 })

/** What may stand in a sidecar's place, and is none. */
const INTRUDERS: readonly (readonly [string, (path: string) => void])[] = [
  ['a FIFO', (path) => void execFileSync('mkfifo', [path])],
  [
    'a symbolic link',
    (path) => {
      writeFileSync(`${path}.other`, 'precious')
      symlinkSync(`${path}.other`, path)
    },
  ],
  ['a symbolic link to nowhere', (path) => symlinkSync(`${path}.nowhere`, path)],
  [
    'a hard link',
    (path) => {
      writeFileSync(`${path}.other`, 'precious')
      linkSync(`${path}.other`, path)
    },
  ],
  ['a device', (path) => symlinkSync('/dev/zero', path)],
]

describe.each(INTRUDERS)('%s', (_, put) => {
  it('is no sidecar', () => {
    const path = tempPath()
    put(path)
    const before = folderState(dirname(path))
    for (const flags of [O_RDWR, O_RDWR | O_CREAT]) {
      const error = expectError(() => openSidecar(path, flags, 'the lock file'), 'ERR_TYPE_MISMATCH', {
        path,
      })
      expect(error.message).toMatch(/the lock file .*; remove it/)
    }
    expect(folderState(dirname(path))).toEqual(before)
  })

  it.each(['.lock', '.schema.json'])(
    'in place of %s is a typed error at once, and changes nothing',
    (suffix) => {
      const path = tempPath()
      PointStore.create(path).close()
      const sidecar = `${path}${suffix}`
      const kept = readFileSync(sidecar)
      execFileSync('rm', [sidecar])
      put(sidecar)
      const before = folderState(dirname(path))
      for (const options of suffix === '.lock'
        ? [{}, { writers: 'many' } as const]
        : [{}, { readOnly: true }]) {
        expectError(() => PointStore.open(path, options), 'ERR_TYPE_MISMATCH', { path: sidecar })
      }
      expect(folderState(dirname(path))).toEqual(before)
      execFileSync('rm', [sidecar])
      writeFileSync(sidecar, kept)
      PointStore.open(path).close()
    },
  )
})

describe('a sidecar', () => {
  it('is read whole, and nothing where there is none', () => {
    const path = tempPath()
    expect(readSidecar(path, 'the schema file')).toBeUndefined()
    writeFileSync(path, 'text é')
    expect(readSidecar(path, 'the schema file')).toBe('text é')
    closeSync(openSidecar(path, O_RDWR, 'the schema file'))
  })

  it('of more bytes than any of ours is not read', () => {
    const path = tempPath()
    writeFileSync(path, '')
    truncateSync(path, 2 ** 40)
    expectError(() => readSidecar(path, 'the schema file'), 'ERR_TOO_LARGE', { path })
  })

  it('that is a folder is EISDIR, as the system words it', () => {
    const path = join(dirname(tempPath()), 'folder')
    mkdirSync(path)
    expect(() => openSidecar(path, O_RDWR, 'the lock file')).toThrow(/EISDIR/)
  })
})
