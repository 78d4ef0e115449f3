/** When a path that is yet to come is looked at: soon after something is heard, and more and more rarely otherwise. */
import { join } from 'node:path'
import { beforeEach, expect, it, vi } from 'vitest'
import type { Watch } from '../../src/waiting/file-watch.ts'
import { PathWatch } from '../../src/waiting/path-watch.ts'
import { tempFolder } from '../support/temp.ts'

/** The delays that were asked for; none takes long. */
const timers = vi.hoisted(() => ({ delays: [] as number[] }))

vi.mock('node:timers', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:timers')>()
  const setTimeout = (then: () => void, delayMs: number) => {
    timers.delays.push(delayMs)
    return original.setTimeout(then, Math.min(delayMs, 2))
  }
  return { ...original, setTimeout }
})

beforeEach(() => {
  timers.delays = []
})

const WAIT = { signal: undefined, ref: true }

/** A watch that says what it is told to. */
function fakeWatch() {
  const folders: string[] = []
  let onEvent: Parameters<Watch>[2] = () => undefined
  const watch: Watch = (path, _, heard) => {
    folders.push(path)
    onEvent = heard
    return { unref: () => undefined, on: () => undefined, close: () => undefined }
  }
  return { watch, folders, say: (name: string | null) => onEvent('rename', name) }
}

/** So many looks, each followed by some noise. */
async function look(path: PathWatch, times: number, noise?: () => void): Promise<number[]> {
  const delays: number[] = []
  for (let i = 0; i < times; i++) {
    path.attend()
    const pause = path.pause(Infinity, WAIT)
    noise?.()
    await pause
    delays.push(timers.delays.at(-1) as number)
  }
  return delays
}

it('quiet looks become rare, and are taken together with those of others', async () => {
  const { watch } = fakeWatch()
  const delays = await look(new PathWatch(join(tempFolder(), 'store.mmf'), watch), 14)
  expect(delays.slice(0, 7)).toEqual([1, 2, 4, 8, 16, 32, 64])
  expect(Math.max(...delays)).toBeLessThanOrEqual(400)
})

it('where nothing can be heard, looks stay frequent', async () => {
  const path = new PathWatch(join(tempFolder(), 'store.mmf'), () => {
    throw new Error('no watches left')
  })
  expect(await look(path, 8)).toEqual([1, 2, 4, 8, 16, 20, 20, 20])
})

it('what is heard brings the next look forward, but not each time', async () => {
  const { watch, say } = fakeWatch()
  const path = new PathWatch(join(tempFolder(), 'store.mmf'), watch)
  await look(path, 10)
  expect(await look(path, 7, () => say('store.mmf'))).toEqual([1, 2, 4, 8, 16, 20, 20])
  // Nothing is heard for as long as it takes to look without it.
  await look(path, 1)
  expect(await look(path, 2, () => say('store.mmf.lock'))).toEqual([1, 2])
  path.hasChanged()
  expect(await look(path, 3)).toEqual([1, 2, 4])
})

it('only what happens to the path is heard', async () => {
  const { watch, say } = fakeWatch()
  const path = new PathWatch(join(tempFolder(), 'store.mmf'), watch)
  await look(path, 6)
  const [delay] = await look(path, 1, () => say('another.mmf'))
  expect(delay).toBeGreaterThan(20)
  // Not every system says what has changed.
  expect(await look(path, 1, () => say(null))).toEqual([1])
})

it('never is there a look later than the time that is left', async () => {
  const { watch, say } = fakeWatch()
  const path = new PathWatch(join(tempFolder(), 'store.mmf'), watch)
  await look(path, 10)
  path.attend()
  const pause = path.pause(0.5, WAIT)
  say('store.mmf')
  await pause
  expect(timers.delays.slice(-2)).toEqual([0.5, 0.5])
})

it('of a path whose folders are missing, the nearest there is is watched', async () => {
  const { watch, folders } = fakeWatch()
  const folder = tempFolder()
  const path = new PathWatch(join(folder, 'a', 'b', 'store.mmf'), watch)
  await look(path, 2)
  expect(folders).toEqual([folder])
})
