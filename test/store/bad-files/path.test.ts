/** Paths where there is no store, or where none can be. */
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { TickStore } from '../../processes/stores.ts'
import { forgeErrorOf } from '../../support/errors.ts'
import { refusal } from '../../support/refusal.ts'
import { tempFolder } from '../../support/temp.ts'

const HOWS = ['create', 'open', 'openOrCreate'] as const
const OPTIONS = [undefined, { readOnly: true }, { writers: 'unlocked' }] as const

/** Every way to open a path for which it must exist. */
function* openers(path: string): Generator<() => unknown> {
  for (const options of OPTIONS) yield () => TickStore.open(path, options)
  yield () => TickStore.openOrCreate(path, { readOnly: true })
}

/** Every way to open a path, and to create a store there. */
function* allOpeners(path: string): Generator<() => unknown> {
  yield* openers(path)
  for (const writers of ['one', 'unlocked'] as const) {
    yield () => TickStore.openOrCreate(path, { writers })
    yield () => TickStore.create(path, { writers })
  }
}

describe('a path that is none', () => {
  it.each([[''], ['store\0.mmf'], ['\0']])('%j is out of range', (path) => {
    for (const how of HOWS) {
      expect(forgeErrorOf(() => TickStore[how](path)).code).toBe('ERR_VALUE_OUT_OF_RANGE')
    }
  })

  it.each([[undefined], [null], [3], [3n], [{}], [Buffer.from('a')], [new URL('file:///a')], [Symbol('a')]])(
    '%s is of the wrong type',
    (path) => {
      for (const how of HOWS) {
        const error = forgeErrorOf(() => TickStore[how](path as unknown as string))
        expect(error.code).toBe('ERR_TYPE_MISMATCH')
        expect(error.message).toContain('the path must be a string')
      }
    },
  )
})

describe('a path with nothing there', () => {
  it('is ENOENT to whoever opens it, and stays empty', () => {
    const folder = tempFolder()
    for (const open of openers(join(folder, 'store.mmf'))) {
      expect(refusal(folder, open)).toMatchObject({ code: 'ENOENT', syscall: 'open' })
    }
    expect(readdirSync(folder)).toEqual([])
  })

  it('in a folder that is missing, too, is ENOENT', () => {
    const folder = tempFolder()
    const path = join(folder, 'missing', 'store.mmf')
    for (const open of allOpeners(path)) {
      expect(refusal(folder, open)).toMatchObject({ code: 'ENOENT', path })
    }
  })

  it('below a file is ENOTDIR', () => {
    const folder = tempFolder()
    writeFileSync(join(folder, 'file'), '')
    for (const open of allOpeners(join(folder, 'file', 'store.mmf'))) {
      expect(refusal(folder, open).code).toBe('ENOTDIR')
    }
  })

  it('with a name that is too long is ENAMETOOLONG', () => {
    const folder = tempFolder()
    // The name alone would do, but not with the lock's suffix.
    for (const length of [253, 300]) {
      const path = join(folder, 'n'.repeat(length))
      expect(refusal(folder, () => TickStore.create(path)).code).toBe('ENAMETOOLONG')
    }
  })

  it('that is a symbolic link to nowhere is ENOENT to open and EEXIST to create', () => {
    const folder = tempFolder()
    const path = join(folder, 'link.mmf')
    symlinkSync(join(folder, 'nowhere.mmf'), path)
    for (const open of openers(path)) expect(refusal(folder, open).code).toBe('ENOENT')
    for (const writers of ['one', 'unlocked'] as const) {
      expect(refusal(folder, () => TickStore.create(path, { writers })).code).toBe('EEXIST')
      expect(refusal(folder, () => TickStore.openOrCreate(path, { writers })).code).toBe('EEXIST')
    }
  })

  it('that is a symbolic link to itself is ELOOP', () => {
    const folder = tempFolder()
    const path = join(folder, 'link.mmf')
    symlinkSync(path, path)
    for (const open of openers(path)) expect(refusal(folder, open).code).toBe('ELOOP')
  })
})

describe('a path with something else there', () => {
  it('that is a folder is EISDIR', () => {
    const folder = tempFolder()
    const path = join(folder, 'store.mmf')
    mkdirSync(path)
    for (const open of openers(path)) expect(refusal(folder, open).code).toBe('EISDIR')
    expect(refusal(folder, () => TickStore.openOrCreate(path)).code).toBe('EISDIR')
    expect(refusal(folder, () => TickStore.create(path)).code).toBe('EEXIST')
  })

  it('that is a FIFO is refused without waiting for its other end', () => {
    const folder = tempFolder()
    const path = join(folder, 'store.mmf')
    execFileSync('mkfifo', [path])
    for (const open of openers(path)) expect(refusal(folder, open).code).toBe('ERR_TYPE_MISMATCH')
    expect(refusal(folder, () => TickStore.openOrCreate(path)).code).toBe('ERR_TYPE_MISMATCH')
    expect(refusal(folder, () => TickStore.create(path)).code).toBe('EEXIST')
  })

  it('that is a socket is ENXIO', async () => {
    const folder = tempFolder()
    const path = join(folder, 'store.mmf')
    const server = createServer()
    onTestFinished(() => void server.close())
    await new Promise<void>((resolve) => server.listen(path, resolve))
    for (const open of openers(path)) expect(refusal(folder, open).code).toBe('ENXIO')
  })

  it('that is a device is refused', () => {
    for (const options of OPTIONS) {
      const error = forgeErrorOf(() => TickStore.open('/dev/zero', options))
      expect(error).toMatchObject({ code: 'ERR_TYPE_MISMATCH', path: '/dev/zero' })
    }
    expect(existsSync('/dev/zero.lock')).toBe(false)
  })
})

describe('a lock file that can not be locked', () => {
  it.each(['folder', 'FIFO'])('for it is a %s, is refused', (kind) => {
    const folder = tempFolder()
    const path = join(folder, 'store.mmf')
    TickStore.create(path).close()
    rmSync(`${path}.lock`)
    if (kind === 'folder') mkdirSync(`${path}.lock`)
    else execFileSync('mkfifo', [`${path}.lock`])
    const code = kind === 'folder' ? 'EISDIR' : 'ERR_TYPE_MISMATCH'
    expect(refusal(folder, () => TickStore.open(path)).code).toBe(code)
    TickStore.open(path, { readOnly: true }).close()
    TickStore.open(path, { writers: 'unlocked' }).close()
  })

  it('is refused where there is a symbolic link to nowhere', () => {
    const folder = tempFolder()
    const path = join(folder, 'store.mmf')
    TickStore.create(path).close()
    rmSync(`${path}.lock`)
    symlinkSync(join(folder, 'elsewhere'), `${path}.lock`)
    const error = refusal(folder, () => TickStore.open(path))
    expect(error).toMatchObject({ code: 'ERR_TYPE_MISMATCH', path: `${path}.lock` })
    expect(existsSync(join(folder, 'elsewhere'))).toBe(false)
  })
})

describe('permissions', () => {
  // The super-user may read and write everything.
  const isRoot = process.getuid?.() === 0

  it.skipIf(isRoot)('a file that may not be read is EACCES', () => {
    const folder = tempFolder()
    const path = join(folder, 'store.mmf')
    TickStore.create(path).close()
    chmodSync(path, 0)
    for (const options of OPTIONS) {
      expect(refusalWithoutReading(path, () => TickStore.open(path, options))).toBe('EACCES')
    }
  })

  it.skipIf(isRoot)('a file that may only be read opens with readOnly alone', () => {
    const folder = tempFolder()
    const path = join(folder, 'store.mmf')
    TickStore.create(path).close()
    chmodSync(path, 0o400)
    expect(refusal(folder, () => TickStore.open(path)).code).toBe('EACCES')
    TickStore.open(path, { readOnly: true }).close()
  })

  it.skipIf(isRoot)('a folder that may only be read has stores that open with readOnly alone', () => {
    const folder = tempFolder()
    const path = join(folder, 'store.mmf')
    TickStore.create(path).close()
    rmSync(`${path}.lock`)
    chmodSync(folder, 0o500)
    onTestFinished(() => chmodSync(folder, 0o700))
    TickStore.open(path, { readOnly: true }).close()
    for (const how of ['open', 'openOrCreate'] as const) {
      expect(refusal(folder, () => TickStore[how](path)).code).toBe('EACCES')
    }
    expect(refusal(folder, () => TickStore.create(`${path}2`)).code).toBe('EACCES')
  })
})

/** The code of an error, where the contents can't be compared. */
function refusalWithoutReading(path: string, action: () => unknown): unknown {
  const before = statSync(path)
  try {
    action()
  } catch (error) {
    expect(statSync(path).mtimeMs).toBe(before.mtimeMs)
    return (error as NodeJS.ErrnoException).code
  }
  return undefined
}

it('hundreds of refusals leave no descriptor behind', () => {
  const folder = tempFolder()
  const path = join(folder, 'store.mmf')
  writeFileSync(path, 'not a store, but longer than a header of sixty-four bytes, by a few')
  const before = readdirSync('/proc/self/fd').length
  for (let round = 0; round < 300; round++) {
    for (const open of [
      () => TickStore.open(path),
      () => TickStore.open(path, { readOnly: true }),
      () => TickStore.create(path),
      () => TickStore.open(`${path}2`),
      () => TickStore.create(join(folder, 'missing', 'store.mmf')),
    ]) {
      expect(open).toThrow()
    }
  }
  // The test runner may open a few of its own meanwhile.
  expect(readdirSync('/proc/self/fd').length).toBeLessThan(before + 50)
  expect(readdirSync(folder).sort()).toEqual(['store.mmf'])
})
