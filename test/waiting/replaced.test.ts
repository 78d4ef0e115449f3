/** A store whose file was deleted, moved or replaced: it says so, and nobody waits for it for ever. */
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { MmapForgeError } from 'mmapforge'
import { describe, expect, it, onTestFinished } from 'vitest'
import { encodeWake } from '../../src/format/wake.ts'
import { startProcess } from '../processes/child.ts'
import { TickStore, tickAt } from '../processes/stores.ts'
import { mountedFile, NO_MOUNT } from '../support/mounted.ts'
import { fastPath } from '../support/temp.ts'
import { tickFile } from '../support/tick-files.ts'
import { insideOf, reasonOf, take, turn } from './support.ts'

type Store = InstanceType<typeof TickStore>

/** A store in a folder of its own, which can be moved, and what leads to it. */
interface Place {
  readonly folder: string
  readonly path: string
  /** A symbolic link to it, elsewhere. */
  readonly link: string
}

function newPlace(): Place {
  const folder = fastPath('folder')
  mkdirSync(folder)
  const path = join(folder, 'store.mmf')
  tickFile(2, { path })
  const link = fastPath('link.mmf')
  symlinkSync(path, link)
  return { folder, path, link }
}

function opened(path: string, options: object): Store {
  const store = TickStore.open(path, options)
  onTestFinished(() => store.close())
  return store
}

function removeAll({ folder, path }: Place): void {
  for (const name of readdirSync(folder)) if (name.startsWith(basename(path))) rmSync(join(folder, name))
}

/** Another store of the same schema, moved to a path: the way to replace one. */
function putAnother(path: string): void {
  tickFile(5, { path: `${path}.new` })
  renameSync(`${path}.new`, path)
}

const ROLES = {
  'one writer': {},
  'one of many': { writers: 'many' },
  'an unlocked writer': { writers: 'unlocked' },
  'a reader': { readOnly: true },
} as const

const LOSSES: Readonly<Record<string, (place: Place) => void>> = {
  'is deleted': ({ path }) => rmSync(path),
  'is deleted with all the files beside it': removeAll,
  'is replaced by another': ({ path }) => putAnother(path),
  'is replaced together with the files beside it': (place) => {
    removeAll(place)
    putAnother(place.path)
  },
  'is moved': ({ path }) => renameSync(path, `${path}.old`),
  'is in a folder that is moved': ({ folder }) => renameSync(folder, `${folder}.old`),
  'is in a folder that is removed': ({ folder }) => rmSync(folder, { recursive: true }),
  'is in a folder that is replaced': ({ folder, path }) => {
    renameSync(folder, `${folder}.old`)
    mkdirSync(folder)
    tickFile(5, { path })
  },
  'is in a folder that a file takes the place of': ({ folder }) => {
    renameSync(folder, `${folder}.old`)
    writeFileSync(folder, '')
  },
}

/** All ways to wait for a store; what is there, is there. */
function waitsOf(store: Store): Promise<unknown>[] {
  return [
    store.waitForLength(store.length + 1),
    store.waitForLength(store.length + 1, { timeoutMs: 60_000 }),
    take(store.appended(), 1),
    take(store.changed(), 1),
  ]
}

async function expectReplaced(waits: readonly Promise<unknown>[], path: string): Promise<void> {
  for (const wait of waits) {
    const reason = (await reasonOf(wait)) as MmapForgeError
    expect(reason, String(reason)).toBeInstanceOf(MmapForgeError)
    expect(reason).toMatchObject({ code: 'ERR_REPLACED', path })
    expect(reason.message).toContain('open it again')
  }
}

describe.each(Object.entries(ROLES))('%s whose file', (_, options) => {
  it.each(Object.entries(LOSSES))('%s says so, and stops waiting', async (__, lose) => {
    const place = newPlace()
    const { path } = place
    const store = opened(path, options)
    expect(store.isOrphaned).toBe(false)
    const waits = waitsOf(store)
    await turn()
    lose(place)
    expect(store.isOrphaned).toBe(true)
    await expectReplaced(waits, path)
    // It works on, for those who have it open.
    expect(store.getPrice(1)).toBe(189.5)
    if (!store.readOnly) expect(store.append()).toBe(2)
    // What comes later does not wait either, and makes no file beside what has taken the place.
    await expectReplaced(waitsOf(store), path)
  })
})

describe('a store that was opened by a symbolic link', () => {
  it.each(Object.entries(LOSSES))('and %s says so, and stops waiting', async (_, lose) => {
    const place = newPlace()
    const store = opened(place.link, { readOnly: true })
    expect(store.isOrphaned).toBe(false)
    const waits = waitsOf(store)
    lose(place)
    expect(store.isOrphaned).toBe(true)
    await expectReplaced(waits, place.link)
  })

  it.each([
    ['leads elsewhere now', ({ link }: Place) => symlinkSync(tickFile(1, { path: fastPath() }), link)],
    ['is gone', () => undefined],
  ])('that %s says so, and stops waiting', async (_, replace) => {
    const place = newPlace()
    const store = opened(place.link, { readOnly: true })
    const waits = waitsOf(store)
    rmSync(place.link)
    replace(place)
    expect(store.isOrphaned).toBe(true)
    await expectReplaced(waits, place.link)
  })
})

describe('a store that is in its place', () => {
  it('says so, whatever happens around it', async () => {
    const place = newPlace()
    const { path, folder, link } = place
    const stores = [opened(path, { readOnly: true }), opened(link, { readOnly: true }), opened(path, {})]
    const waits = stores.flatMap(waitsOf)
    await turn()
    linkSync(path, `${path}.second`)
    for (const name of ['lock', 'schema.json', 'wake']) rmSync(`${path}.${name}`)
    chmodSync(path, 0o600)
    writeFileSync(join(folder, 'another.mmf'), '')
    renameSync(path, `${path}.moment`)
    renameSync(`${path}.moment`, path)
    rmSync(`${path}.second`)
    for (const store of stores) expect(store.isOrphaned).toBe(false)
    await new Promise((resolve) => setTimeout(resolve, 600))
    stores[2]?.append()
    await Promise.all(waits)
  })

  it('says so in another folder than that of the process', () => {
    const { folder, path } = newPlace()
    const before = process.cwd()
    onTestFinished(() => process.chdir(before))
    process.chdir(folder)
    const store = opened('store.mmf', { readOnly: true })
    process.chdir(before)
    expect(store.isOrphaned).toBe(false)
    putAnother(path)
    expect(store.isOrphaned).toBe(true)
  })

  it('in memory always is', async () => {
    using store = TickStore.create(':memory:')
    expect(store.isOrphaned).toBe(false)
    const wait = store.waitForLength(1)
    await new Promise((resolve) => setTimeout(resolve, 150))
    store.append()
    expect(await wait).toBe(1)
  })

  it('is opened by openWhenReady too', async () => {
    const { path } = newPlace()
    using store = await TickStore.openWhenReady(path, { readOnly: true })
    expect(store.isOrphaned).toBe(false)
    putAnother(path)
    expect(store.isOrphaned).toBe(true)
  })

  it('is not asked for once it is closed', () => {
    const store = TickStore.open(newPlace().path, { readOnly: true })
    store.close()
    expect(() => store.isOrphaned).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }))
  })
})

it('a file that was mounted by itself and is deleted is known by its names, of which it has none', async (context) => {
  const { path } = newPlace()
  const mount = fastPath('mount.mmf')
  if (!mountedFile(path, mount)) context.skip(NO_MOUNT)
  const store = opened(mount, { readOnly: true })
  const waits = waitsOf(store)
  expect(store.isOrphaned).toBe(false)
  rmSync(path)
  expect(store.isOrphaned).toBe(true)
  await expectReplaced(waits, mount)
})

describe('before it ends, a wait gives', () => {
  it('what was appended', async () => {
    const { path } = newPlace()
    using writer = TickStore.open(path)
    const reader = opened(path, { readOnly: true })
    const given: number[] = []
    const ended = reasonOf(
      (async () => {
        for await (const index of reader.appended({ from: 0 })) given.push(index)
      })(),
    )
    await turn()
    for (let i = 0; i < 100; i++) writer.append(tickAt(i))
    rmSync(path)
    expect(await ended).toMatchObject({ code: 'ERR_REPLACED' })
    expect(given).toEqual(Array.from({ length: 102 }, (_, i) => i))
    expect(await reader.waitForLength(102)).toBe(102)
  })

  it('what was changed, though nobody told of it', async () => {
    const { path } = newPlace()
    using writer = TickStore.open(path)
    const reader = opened(path, { readOnly: true })
    const { hub } = insideOf(reader as never).waiting
    const given: number[] = []
    const changes = reader.changed()
    const ended = reasonOf(
      (async () => {
        for await (const index of changes) given.push(index)
      })(),
    )
    // It has looked for the place, and sleeps for as long as it ever does.
    await new Promise((resolve) => setTimeout(resolve, 1200))
    hub.hear = () => undefined
    insideOf(writer as never).wakes.wake = () => undefined
    writer.setPrice(1, 7)
    rmSync(path)
    expect(await ended).toMatchObject({ code: 'ERR_REPLACED' })
    expect(given).toEqual([1])
  })

  it('what was changed before it was first asked', async () => {
    const { path } = newPlace()
    using writer = TickStore.open(path)
    const reader = opened(path, { readOnly: true })
    const changes = reader.changed()
    writer.setPrice(0, 7)
    rmSync(path)
    rmSync(`${path}.wake`)
    expect(await changes.next()).toEqual({ done: false, value: 0 })
    expect(await reasonOf(changes.next())).toMatchObject({ code: 'ERR_REPLACED' })
    expect(existsSync(`${path}.wake`)).toBe(false)
  })
})

describe('a wake file that is', () => {
  const LOST: readonly (readonly [string, (path: string) => void])[] = [
    ['deleted', (path) => rmSync(path)],
    ['moved', (path) => renameSync(path, `${path}.old`)],
    [
      'replaced',
      (path) => {
        writeFileSync(`${path}.new`, encodeWake())
        renameSync(`${path}.new`, path)
      },
    ],
  ]

  it.each(LOST)('%s is made anew, and writers tell those who wait again', async (_, lose) => {
    const { path } = newPlace()
    const writers = [1, 2].map(() => opened(path, { writers: 'many' }))
    const reader = opened(path, { readOnly: true })
    const inside = insideOf(reader as never)
    const kept = reasonOf(reader.waitForLength(1000))
    // All of them have the old one open.
    for (const writer of writers) insideOf(writer as never).wakes.openOnce()
    lose(`${path}.wake`)
    await expect.poll(() => inside.wakes.file?.named.isOrphaned, { timeout: 10_000 }).toBe(false)
    expect(inside.waiting.hub.isTold).toBe(true)
    // The first write of each finds out.
    for (const writer of writers) writer.append(tickAt(0))
    await reader.waitForLength(4)
    for (const writer of writers) {
      const length = reader.length + 1
      const wait = reader.waitForLength(length)
      const { wakes } = insideOf(writer as never)
      expect(wakes.file?.named.isOrphaned).toBe(false)
      expect(wakes.isLengthAwaited(length)).toBe(true)
      writer.append(tickAt(0))
      await wait
    }
    reader.close()
    expect(await kept).toMatchObject({ code: 'ERR_CLOSED' })
  })

  it('deleted over and over again costs nobody an append', async () => {
    const { path } = newPlace()
    const writer = startProcess('writer.mjs', { path, count: 2000 })
    await writer.next()
    writer.send('go')
    const reader = opened(path, { readOnly: true })
    let next = 0
    for await (const index of reader.appended({ from: 0 })) {
      expect(index).toBe(next++)
      if (next % 100 === 0) rmSync(`${path}.wake`, { force: true })
      if (next === 2000) break
    }
    expect(await writer.ended).toBe(0)
  })
})
