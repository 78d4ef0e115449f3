/** Files by their names, written and read whole, and removed. */
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import {
  O_CREAT,
  O_EXCL,
  O_RDWR,
  openRegularFile,
  placeFile,
  readStart,
  removeIfThere,
  writeWhole,
} from '../../src/os/files.ts'
import { codeOf, errorOf } from '../support/errors.ts'
import { usesOf } from '../support/refusal.ts'
import { tempPath } from '../support/temp.ts'

/** What some calls do instead. */
const instead: Partial<Pick<typeof import('node:fs'), 'fstatSync' | 'writeSync' | 'readSync'>> = {}

vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs')>()
  const mocked = (name: keyof typeof instead) =>
    ((...args: never[]) => ((instead[name] ?? real[name]) as (...args: never[]) => unknown)(...args)) as never
  return {
    ...real,
    fstatSync: mocked('fstatSync'),
    writeSync: mocked('writeSync'),
    readSync: mocked('readSync'),
  }
})

const { readSync: realRead, writeSync: realWrite } =
  await vi.importActual<typeof import('node:fs')>('node:fs')

afterEach(() => {
  for (const name of Object.keys(instead) as (keyof typeof instead)[]) delete instead[name]
})

const BYTES = Uint8Array.from({ length: 100 }, (_, i) => i)

it('what is written in parts is written whole, where it belongs', () => {
  const path = tempPath()
  const fd = openSync(path, 'w+')
  instead.writeSync = ((to: number, bytes: Uint8Array, from: number, length: number, at: number) =>
    realWrite(to, bytes, from, Math.ceil(length / 3), at)) as never
  writeWhole(fd, BYTES)
  writeWhole(fd, BYTES, 50)
  closeSync(fd)
  expect(readFileSync(path)).toEqual(Buffer.from([...BYTES.subarray(0, 50), ...BYTES]))
})

it('a disk that takes nothing and says nothing has failed', () => {
  const path = tempPath()
  instead.writeSync = (() => 0) as never
  const error = errorOf(() => placeFile(path, BYTES, false))
  expect(error).toMatchObject({ code: 'EIO', syscall: 'write', path })
  expect(readdirSync(dirname(path))).toEqual([])
  expect(usesOf(dirname(path))).toEqual({ descriptors: 0, mappings: 0 })
})

it('what is read in parts is read whole, as far as there is any', () => {
  const path = tempPath()
  writeFileSync(path, BYTES)
  const fd = openSync(path, 'r')
  instead.readSync = ((from: number, bytes: Uint8Array, to: number, length: number, at: number) =>
    realRead(from, bytes, to, Math.ceil(length / 3), at)) as never
  expect(readStart(fd, 60)).toEqual(BYTES.subarray(0, 60))
  expect(readStart(fd, 1000)).toEqual(BYTES)
  expect(readStart(fd, 0)).toEqual(new Uint8Array())
  closeSync(fd)
})

it('a file that was made, and then proved unfit, is removed; one that was there is not', () => {
  const path = tempPath()
  instead.fstatSync = (() => {
    throw Object.assign(new Error('EIO: fstat'), { code: 'EIO', syscall: 'fstat' })
  }) as never
  const open = (flags: number) => errorOf(() => openRegularFile(path, O_RDWR | O_CREAT | flags, 'refused'))
  expect(open(O_EXCL)).toMatchObject({ code: 'EIO', path })
  expect(readdirSync(dirname(path))).toEqual([])
  expect(open(0)).toMatchObject({ code: 'EIO', path })
  expect(readdirSync(dirname(path))).toEqual(['store.mmf'])
  expect(usesOf(dirname(path)).descriptors).toBe(0)
})

it('removing a file says why it can not, and nothing where there is none', () => {
  const path = tempPath()
  removeIfThere(path)
  writeFileSync(path, '')
  removeIfThere(path)
  expect(readdirSync(dirname(path))).toEqual([])
  mkdirSync(path)
  // Deno removes a folder in which there is nothing.
  writeFileSync(join(path, 'something'), '')
  expect(['EISDIR', 'EPERM', 'ENOTEMPTY']).toContain(codeOf(() => removeIfThere(path)))
})
