import { closeSync, linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeFile, O_RDONLY, O_RDWR } from '../../src/os/files.ts'
import {
  assertSidecar,
  type FileKind,
  openSidecar,
  openSidecarIfThere,
  placeSidecar,
  readSidecar,
  removeSidecar,
} from '../../src/os/sidecars.ts'
import { INTRUDERS } from '../support/intruders.ts'
import { refusal } from '../support/refusal.ts'
import { tempPath } from '../support/temp.ts'

/** What is ours begins with an `m`. */
const KIND: FileKind = { what: 'the sidecar', isOurs: (head) => head[0] === 0x6d }
const PLACING = { isDurable: false, permissions: undefined }
const CONTENT = new TextEncoder().encode('mine')

/** All that is done with a sidecar by its name. */
const USES: Readonly<Record<string, (path: string) => unknown>> = {
  'opened to be read': (path) => openSidecar(path, O_RDONLY, KIND),
  'opened to be written': (path) => openSidecar(path, O_RDWR, KIND),
  'opened if it is there': (path) => openSidecarIfThere(path, O_RDWR, KIND),
  'looked at': (path) => assertSidecar(path, KIND),
  read: (path) => readSidecar(path, KIND),
  placed: (path) => placeSidecar(path, CONTENT, KIND, PLACING),
  removed: (path) => removeSidecar(path, KIND),
}

describe.each(Object.entries(INTRUDERS))('%s', (intruder, put) => {
  // Its other name keeps what it holds.
  const uses = Object.entries(USES).filter(([use]) => use !== 'removed' || intruder !== 'a hard link')

  it.each(uses)('is no sidecar that is %s', (_, use) => {
    const path = tempPath()
    put(path)
    const error = refusal(dirname(path), () => use(path))
    expect(error).toMatchObject({ code: 'ERR_TYPE_MISMATCH', path })
    expect(error.message).toMatch(/the sidecar .*; remove it/)
  })

  it('is no file that is made', () => {
    const path = tempPath()
    put(path)
    expect(refusal(dirname(path), () => makeFile(path, undefined)).code).toBe('EEXIST')
  })

  it('in place of the file that a sidecar is made in is refused', () => {
    const path = tempPath()
    if (intruder === 'a hard link') writeFileSync(`${path}.creating`, 'theirs')
    else put(`${path}.creating`)
    const error = refusal(dirname(path), () => placeSidecar(path, CONTENT, KIND, PLACING))
    expect(error.code).toBe(intruder === 'a hard link' ? 'ERR_BAD_MAGIC' : 'ERR_TYPE_MISMATCH')
  })
})

describe('a file of somebody else’s', () => {
  // Who reads it whole judges all of it.
  it.each(Object.entries(USES).filter(([use]) => use !== 'read'))('is no sidecar that is %s', (_, use) => {
    const path = tempPath()
    writeFileSync(path, 'theirs')
    const error = refusal(dirname(path), () => use(path))
    expect(error).toMatchObject({ code: 'ERR_BAD_MAGIC', path })
    expect(error.message).toMatch(/the sidecar .*; move it away/)
  })
})

describe('a sidecar', () => {
  it('is read whole, and nothing where there is none', () => {
    const path = tempPath()
    expect(readSidecar(path, KIND)).toBeUndefined()
    expect(openSidecarIfThere(path, O_RDWR, KIND)).toBeUndefined()
    assertSidecar(path, KIND)
    removeSidecar(path, KIND)
    writeFileSync(path, 'my text é')
    expect(readSidecar(path, KIND)).toBe('my text é')
    closeSync(openSidecar(path, O_RDWR, KIND))
  })

  it.each(['', 'my old one'])(
    'of ours, holding %o, is replaced and removed, and so is one that was half-made',
    (old) => {
      const path = tempPath()
      for (const name of [path, `${path}.creating`]) writeFileSync(name, old)
      closeSync(placeSidecar(path, CONTENT, KIND, PLACING))
      expect(readFileSync(path, 'utf8')).toBe('mine')
      removeSidecar(path, KIND)
      expect(readdirSync(dirname(path))).toEqual([])
    },
  )

  it('loses but one of its names where it is removed', () => {
    const path = tempPath()
    writeFileSync(`${path}.other`, 'mine')
    linkSync(`${path}.other`, path)
    removeSidecar(path, KIND)
    expect(readdirSync(dirname(path))).toEqual(['store.mmf.other'])
  })

  it('that is a folder is EISDIR, as the system words it', () => {
    const path = join(dirname(tempPath()), 'folder')
    mkdirSync(path)
    expect(() => openSidecar(path, O_RDWR, KIND)).toThrow(/EISDIR/)
  })
})
