/** openWhenReady: what is waited for, what is an error at once, and how a wait ends. */
import { execFileSync } from 'node:child_process'
import { getEventListeners } from 'node:events'
import {
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { defineStore, float64, MmapForgeError, type OpenWhenReadyOptions } from 'mmapforge'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { TickStore as GeneratedTickStore } from '../fixtures/annotated.store.ts'
import { BESIDE, startProcess } from '../processes/child.ts'
import { TickStore, tickAt } from '../processes/stores.ts'
import { usesOf } from '../support/refusal.ts'
import { tempFolder, tempPath } from '../support/temp.ts'
import { tickFile } from '../support/tick-files.ts'
import { reasonOf, turn } from '../waiting/support.ts'
import { locksOf, MANY } from '../writers/many/support.ts'

type Store = InstanceType<typeof TickStore>

const READER = { readOnly: true } as const

afterEach(() => vi.restoreAllMocks())

/** A wait that is under way: it has looked, and found nothing. */
async function begun(path: string, options: OpenWhenReadyOptions = READER) {
  const wait = TickStore.openWhenReady(path, options)
  let state = 'waits'
  wait.then(
    (store) => {
      state = 'ready'
      store.close()
    },
    () => {
      state = 'refused'
    },
  )
  await turn()
  expect(state).toBe('waits')
  return { ready: wait as Promise<Store> }
}

/** Lets looks be taken. */
async function looks(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** The bytes of a store of some records. */
function bytesOfStore(count = 3): Buffer {
  return readFileSync(tickFile(count))
}

describe('a store that is there', () => {
  it('is opened at once, by a reader and by writers', async () => {
    const path = tickFile(3)
    for (const options of [READER, {}, MANY, { writers: 'unlocked' }] as const) {
      using store = await TickStore.openWhenReady(path, options)
      expect(store).toBeInstanceOf(TickStore)
      expect([store.length, store.path, store.readOnly]).toEqual([3, path, options === READER])
      expect(store.getPrice(2)).toBe(189.5)
    }
    using generated: GeneratedTickStore = await GeneratedTickStore.openWhenReady(path, { timeoutMs: 0 })
    expect(generated).toBeInstanceOf(GeneratedTickStore)
    expect(generated.getPrice(2)).toBe(189.5)
  })

  it('has the timeout for records that was asked for', async () => {
    const path = tickFile(1)
    using store = await TickStore.openWhenReady(path, { ...MANY, stallTimeoutMs: 7 })
    expect((store as unknown as { opened: { options: object } }).opened.options).toMatchObject({
      stallTimeoutMs: 7,
    })
  })

  it('in memory is new', async () => {
    using store = await TickStore.openWhenReady(':memory:')
    expect(store.length).toBe(0)
    expect(await reasonOf(TickStore.openWhenReady(':memory:', READER))).toMatchObject({
      code: 'ERR_READ_ONLY',
    })
  })
})

describe('what is waited for', () => {
  it.each([
    ['a reader', READER],
    ['a writer', {}],
    ['one of many writers', MANY],
  ] as const)('the file, by %s', async (_, options) => {
    const path = tempPath()
    const { ready } = await begun(path, options)
    TickStore.create(path).close()
    expect((await ready).path).toBe(path)
    expect(usesOf(dirname(path)).descriptors).toBe(0)
  })

  it('its folder, and the one above', async () => {
    const above = tempFolder()
    const path = join(above, 'a', 'b', 'store.mmf')
    const { ready } = await begun(path)
    mkdirSync(join(above, 'a'))
    await looks()
    mkdirSync(join(above, 'a', 'b'))
    await looks()
    // Gone, and made anew: another folder of the same name.
    rmSync(join(above, 'a'), { recursive: true })
    await looks()
    mkdirSync(join(above, 'a', 'b'), { recursive: true })
    TickStore.create(path).close()
    await ready
  })

  it('the file that a symbolic link is to lead to', async () => {
    const path = tempPath()
    const target = tempPath('target.mmf')
    symlinkSync(target, path)
    const { ready } = await begun(path)
    TickStore.create(target).close()
    await ready
  })

  it('the file of the folder that the process was in', async () => {
    const folder = tempFolder()
    const before = process.cwd()
    onTestFinished(() => process.chdir(before))
    process.chdir(folder)
    const { ready } = await begun('store.mmf')
    process.chdir(before)
    TickStore.create(join(folder, 'store.mmf')).close()
    expect((await ready).path).toBe('store.mmf')
  })

  it.each([
    ['nothing', (whole: Buffer) => whole.subarray(0, 0)],
    ['zeros', (whole: Buffer) => Buffer.alloc(whole.length)],
    ['some zeros', () => Buffer.alloc(20)],
    ['the beginning of its header', (whole: Buffer) => whole.subarray(0, 10)],
    [
      'the beginning of its header, and zeros',
      (whole: Buffer) => Buffer.concat([whole.subarray(0, 40), Buffer.alloc(whole.length - 40)]),
    ],
  ])('a file that has %s as yet', async (_, part) => {
    const path = tempPath()
    const whole = bytesOfStore()
    const { ready } = await begun(path)
    writeFileSync(path, part(whole))
    await looks()
    for (const writer of [{}, MANY]) {
      expect(await reasonOf(TickStore.openWhenReady(path, { ...writer, timeoutMs: 1 }))).toMatchObject({
        code: 'ERR_TIMEOUT',
        message: expect.stringContaining(
          `the file has ${part(whole).length} bytes, and not yet the header of a store`,
        ),
      })
    }
    // In place, as the original does, and told by nobody if it is through a mapping.
    writeFileSync(path, whole, { flag: 'r+' })
    await ready
  })

  it('others that open or close the store, by one of many writers, for as long as it may', async () => {
    const path = tickFile()
    const locks = locksOf(path)
    locks.tryBeginSetup()
    const blocks = vi.spyOn(Atomics, 'wait')
    const { ready } = await begun(path, { ...MANY, stallTimeoutMs: 60_000 })
    expect(await reasonOf(TickStore.openWhenReady(path, { ...MANY, stallTimeoutMs: 20 }))).toMatchObject({
      code: 'ERR_LOCKED',
    })
    expect(blocks).not.toHaveBeenCalled()
    locks.endSetup()
    await ready
  })

  it.each([
    ['the one before, by one writer', {}, {}],
    ['many, by one writer', MANY, {}],
    ['the one before, by one of many', {}, MANY],
  ])('%s, for lockTimeoutMs', async (_, before, options) => {
    const path = tickFile()
    const first = TickStore.open(path, before)
    const blocks = vi.spyOn(Atomics, 'wait')
    const began = performance.now()
    const late = TickStore.openWhenReady(path, { ...options, lockTimeoutMs: 50, stallTimeoutMs: 0 })
    const { ready } = await begun(path, { ...options, lockTimeoutMs: 60_000 })
    expect(await reasonOf(late)).toMatchObject({ code: 'ERR_LOCKED', path: expect.stringContaining(path) })
    expect(performance.now() - began).toBeGreaterThanOrEqual(50)
    expect(blocks).not.toHaveBeenCalled()
    first.close()
    await ready
  })
})

describe('an error at once', () => {
  const OtherStore = defineStore('Other', { version: 1 }, { x: float64 })

  const BAD: readonly (readonly [string, string, (path: string) => void])[] = [
    ['another schema', 'ERR_SCHEMA_MISMATCH', (path) => OtherStore.create(path).close()],
    ['a FIFO', 'ERR_TYPE_MISMATCH', (path) => void execFileSync('mkfifo', [path])],
    ['a folder', 'EISDIR', (path) => mkdirSync(path)],
    ['a foreign file', 'ERR_BAD_MAGIC', (path) => writeFileSync(path, 'SQLite format 3'.padEnd(4096))],
    ['a short foreign file', 'ERR_CORRUPTED', (path) => writeFileSync(path, 'hello')],
    ['a link to itself', 'ELOOP', (path) => symlinkSync(path, path)],
    [
      'a file that was cut short',
      'ERR_CORRUPTED',
      (path) => {
        tickFile(100, { path })
        truncateSync(path, 1000)
      },
    ],
  ]

  it.each(BAD)('is %s: %s', async (_, code, put) => {
    for (const options of [READER, {}, MANY]) {
      const path = tempPath()
      put(path)
      expect(await reasonOf(TickStore.openWhenReady(path, options))).toMatchObject({ code })
      expect(usesOf(dirname(path))).toEqual({ descriptors: 0, mappings: 0 })
    }
  })

  it.each(BAD)('is %s that comes while it waits: %s', async (_, code, put) => {
    const path = tempPath()
    const { ready } = await begun(path)
    put(`${path}.new`)
    // At once, as it is.
    if (code === 'ELOOP') put(path)
    else {
      if (code === 'ERR_SCHEMA_MISMATCH') renameSync(`${path}.new.schema.json`, `${path}.schema.json`)
      renameSync(`${path}.new`, path)
    }
    expect(await reasonOf(ready)).toMatchObject({ code })
  })

  it('is a path through a file', async () => {
    const path = tickFile()
    expect(await reasonOf(TickStore.openWhenReady(join(path, 'store.mmf')))).toMatchObject({
      code: 'ENOTDIR',
    })
  })

  it('is a store that another writer has, unless there is a lockTimeoutMs', async () => {
    const path = tickFile()
    using _first = TickStore.open(path)
    expect(await reasonOf(TickStore.openWhenReady(path))).toMatchObject({ code: 'ERR_LOCKED', path })
    // What is wrong with the file comes first.
    expect(await reasonOf(OtherStore.openWhenReady(path, { lockTimeoutMs: 60_000 }))).toMatchObject({
      code: 'ERR_SCHEMA_MISMATCH',
    })
  })

  it.each([
    [undefined, undefined, 'ERR_TYPE_MISMATCH'],
    ['', undefined, 'ERR_VALUE_OUT_OF_RANGE'],
    ['a', null, 'ERR_TYPE_MISMATCH'],
    ['a', [], 'ERR_TYPE_MISMATCH'],
    ['a', { timeout: 1 }, 'ERR_TYPE_MISMATCH'],
    ['a', { from: 1 }, 'ERR_TYPE_MISMATCH'],
    ['a', { timeoutMs: -1 }, 'ERR_VALUE_OUT_OF_RANGE'],
    ['a', { timeoutMs: '1' }, 'ERR_TYPE_MISMATCH'],
    ['a', { signal: {} }, 'ERR_TYPE_MISMATCH'],
    ['a', { ref: 1 }, 'ERR_TYPE_MISMATCH'],
    ['a', { writers: 'two' }, 'ERR_VALUE_OUT_OF_RANGE'],
    ['a', { lockTimeoutMs: -1 }, 'ERR_VALUE_OUT_OF_RANGE'],
  ])('is openWhenReady(%o, %o): %s', async (path, options, code) => {
    const reason = await reasonOf(TickStore.openWhenReady(path as string, options as OpenWhenReadyOptions))
    expect(reason).toBeInstanceOf(MmapForgeError)
    expect(reason).toMatchObject({ code })
  })
})

describe('a wait ends', () => {
  it('when the time is up, and says what it saw', async () => {
    const path = join(tempFolder(), 'no', 'store.mmf')
    for (const timeoutMs of [0, 1, 20.5]) {
      const began = performance.now()
      const error = (await reasonOf(TickStore.openWhenReady(path, { timeoutMs }))) as MmapForgeError
      expect(error).toBeInstanceOf(MmapForgeError)
      expect(error).toMatchObject({ code: 'ERR_TIMEOUT', path, cause: { code: 'ENOENT' } })
      expect(error.message).toContain(`after ${timeoutMs} ms there is no such file`)
      expect(performance.now() - began).toBeGreaterThanOrEqual(timeoutMs)
    }
    const locked = tickFile()
    using _first = TickStore.open(locked)
    const error = await reasonOf(TickStore.openWhenReady(locked, { timeoutMs: 20, lockTimeoutMs: 60_000 }))
    expect(error).toMatchObject({ code: 'ERR_TIMEOUT', cause: { code: 'ERR_LOCKED' } })
    expect((error as Error).message).toContain('another writer has the store open')
  })

  it('when its signal aborts, with the reason, and leaves nothing behind', async () => {
    const path = tempPath()
    const controller = new AbortController()
    const { signal } = controller
    const waits = await Promise.all([READER, {}, MANY].map((options) => begun(path, { ...options, signal })))
    const reason = { any: 'thing' }
    controller.abort(reason)
    for (const { ready } of waits) expect(await reasonOf(ready)).toBe(reason)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    expect(await reasonOf(TickStore.openWhenReady(tickFile(), { signal }))).toBe(reason)
    expect(await reasonOf(TickStore.openWhenReady(':memory:', { signal }))).toBe(reason)
    // Where the store is there, the signal is of no use any more.
    const late = new AbortController()
    using _store = await TickStore.openWhenReady(tickFile(), { signal: late.signal })
    expect(getEventListeners(late.signal, 'abort')).toHaveLength(0)
  })

  it('for each of those who wait, whatever becomes of the others', async () => {
    const path = tempPath()
    const late = reasonOf(TickStore.openWhenReady(path, { ...READER, timeoutMs: 5 }))
    const waits = await Promise.all(Array.from({ length: 20 }, () => begun(path)))
    expect(await late).toMatchObject({ code: 'ERR_TIMEOUT' })
    TickStore.create(path).close()
    for (const { ready } of waits) await ready
  })
})

describe('beside the writer', () => {
  it.each(BESIDE)('a reader in a %s that starts first reads all that is written', async (_, start) => {
    const path = join(tempFolder(), 'folder', 'store.mmf')
    const reader = start('early-reader.mjs', { path, count: 50 })
    expect(await reader.next()).toEqual({ waits: true })
    mkdirSync(dirname(path))
    using writer = TickStore.create(path)
    for (let i = 0; i < 50; i++) writer.append(tickAt(i))
    expect(await reader.next()).toEqual({ prices: Array.from({ length: 50 }, (__, i) => tickAt(i).price) })
    expect(await reader.ended).toBe(0)
  })

  it('a process that only waits lives as long as the wait does, unless it says otherwise', async () => {
    const path = tempPath()
    const early = startProcess('early-reader.mjs', { path, count: 1, options: { timeoutMs: 300 } })
    expect(await early.next()).toEqual({ waits: true })
    expect(await early.next()).toMatchObject({ error: 'ERR_TIMEOUT' })
    const idle = startProcess('early-reader.mjs', { path, count: 1, options: { ref: false } })
    expect(await idle.next()).toEqual({ waits: true })
    await idle.ended
    expect(await reasonOf(idle.next())).toMatchObject({
      message: expect.stringContaining('without a message'),
    })
  })
})
