/** Waiting where nobody can tell: waiters look for themselves, and touch nothing that is not theirs. */
import { EventEmitter } from 'node:events'
import {
  type FSWatcher,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { encodeWake, isWake, WAKE_SIZE_BYTES } from '../../src/format/wake.ts'
import type { Watch } from '../../src/waiting/file-watch.ts'
import { WakeHub } from '../../src/waiting/wake-hub.ts'
import { lengthWait } from '../../src/waiting/watching.ts'
import { TickStore, tickAt } from '../processes/stores.ts'
import { mountedReadOnly, NO_MOUNT } from '../support/mounted.ts'
import { fastPath, tempPath } from '../support/temp.ts'
import { countTold, insideOf, take, turn } from './support.ts'

type Store = InstanceType<typeof TickStore>

afterEach(() => vi.restoreAllMocks())

/** Both kinds of wait come to their end, by looking. */
async function expectLooking(writer: Store, reader: Store): Promise<void> {
  const { hub } = insideOf(reader as never).waiting
  const told = countTold(reader as never)
  const wait = reader.waitForLength(writer.length + 1)
  expect(hub.isTold).toBe(false)
  writer.append(tickAt(0))
  expect(await wait).toBe(writer.length)
  const changed = reader.changed()
  const next = changed.next()
  await turn()
  writer.setPrice(0, Math.random())
  expect(await next).toEqual({ done: false, value: 0 })
  expect(told.count).toBe(0)
  expect(await take(reader.appended({ from: 0 }), 1)).toEqual([0])
}

describe('where the wake file can not be had', () => {
  it('because the folder can only be read', async (context) => {
    const path = tempPath()
    using writer = TickStore.create(path)
    const folder = mountedReadOnly(dirname(path)) ?? context.skip(NO_MOUNT)
    using reader = TickStore.open(join(folder, 'store.mmf'), { readOnly: true })
    await expectLooking(writer, reader)
  })

  it.each([
    ['a folder', (path: string) => mkdirSync(path)],
    ['a file of a later version', (path: string) => writeFileSync(path, encodeWake().fill(2, 4, 5))],
    ['a file that was cut short', (path: string) => writeFileSync(path, encodeWake().subarray(0, 4000))],
  ])('because there is %s', async (_, put) => {
    const path = fastPath()
    using writer = TickStore.create(path)
    put(`${path}.wake`)
    const contents = () =>
      readdirSync(dirname(path))
        .filter((name) => name.includes('.wake'))
        .map((name) => join(dirname(path), name))
        .map((name) => (lstatSync(name).isDirectory() ? 'a folder' : readFileSync(name)))
    const before = contents()
    using reader = TickStore.open(path, { readOnly: true })
    await expectLooking(writer, reader)
    expect(contents()).toEqual(before)
  })

  it.each([
    ['bytes of something else', (path: string) => writeFileSync(path, Buffer.alloc(WAKE_SIZE_BYTES, 7))],
    [
      'a link to another file',
      (path: string) => {
        writeFileSync(`${path}.other`, '')
        symlinkSync(`${path}.other`, path)
      },
    ],
  ])('because there are %s since the store was opened', async (_, put) => {
    const path = fastPath()
    using writer = TickStore.create(path)
    using reader = TickStore.open(path, { readOnly: true })
    put(`${path}.wake`)
    const before = readFileSync(`${path}.wake`)
    await expectLooking(writer, reader)
    expect(readFileSync(`${path}.wake`)).toEqual(before)
  })
})

describe('where the file can not be watched', () => {
  function systemError(code: string): Error {
    return Object.assign(new Error(code), { code })
  }

  async function waitWith(how: Watch, before?: () => void): Promise<WakeHub> {
    const path = fastPath()
    using store = TickStore.create(path)
    store.append(tickAt(0))
    const { wakes } = insideOf(store as never)
    const hub = new WakeHub(path, wakes, () => undefined, how)
    // Wake-ups within the store itself need no watch.
    wakes.onWake = undefined
    const records = {
      count: () => store.length,
      counters: () => ({ i32: new Int32Array(), first: 0, stride: 0 }),
    }
    before?.()
    const wait = hub.until(lengthWait(records, 2, { signal: undefined, ref: true }))
    await turn()
    store.append(tickAt(1))
    expect(await wait).toBe(true)
    hub.close()
    return hub
  }

  it.each(['ENOSPC', 'EMFILE', 'ENOSYS'])('because watching is %s', async (code) => {
    const hub = await waitWith(() => {
      throw systemError(code)
    })
    expect(hub.isTold).toBe(false)
  })

  it('because the watch fails later', async () => {
    const watcher = Object.assign(new EventEmitter(), {
      close: vi.fn(() => watcher),
      unref: () => watcher,
    }) as unknown as FSWatcher
    await waitWith(() => {
      setImmediate(() => watcher.emit('error', systemError('EMFILE')))
      return watcher
    })
    expect(watcher.close).toHaveBeenCalled()
  })

  it('or is, but never says anything', async () => {
    const watcher = Object.assign(new EventEmitter(), {
      close: () => undefined,
      unref: () => undefined,
    }) as unknown as FSWatcher
    const hub = await waitWith(() => watcher)
    expect(hub.isTold).toBe(false) // closed
  })
})

it('a wake file that has lost its name wakes nobody who comes later, who looks', async () => {
  const path = fastPath()
  using writer = TickStore.create(path)
  writer.append(tickAt(0))
  linkSync(`${path}.wake`, `${path}.kept`)
  rmSync(`${path}.wake`)
  using reader = TickStore.open(path, { readOnly: true })
  const wait = reader.waitForLength(2)
  writer.append(tickAt(1))
  expect(await wait).toBe(2)
  expect(isWake(readFileSync(`${path}.wake`))).toBe(true)
})

it.each([0, 100, WAKE_SIZE_BYTES])('a wake file of %i zeros is filled by who needs it', async (sizeBytes) => {
  const path = fastPath()
  using writer = TickStore.create(path)
  writeFileSync(`${path}.wake`, new Uint8Array(sizeBytes))
  using reader = TickStore.open(path, { readOnly: true })
  const wait = reader.waitForLength(1)
  expect(isWake(readFileSync(`${path}.wake`))).toBe(true)
  writer.append(tickAt(0))
  expect(await wait).toBe(1)
})

it('a wake file is a page that says what it is', () => {
  const bytes = encodeWake()
  expect(bytes).toHaveLength(WAKE_SIZE_BYTES)
  expect(isWake(bytes)).toBe(true)
  for (let i = 0; i < 64; i++) expect(isWake(Uint8Array.from(bytes).fill(9, i, i + 1))).toBe(false)
  expect(isWake(new Uint8Array())).toBe(false)
})
