/** How waiting and watching behave towards the rest of a process, and options that they refuse. */
import { readdirSync } from 'node:fs'
import { MmapForgeError } from 'mmapforge'
import { expect, it } from 'vitest'
import { TickStore, tickAt } from '../processes/stores.ts'
import { fastPath } from '../support/temp.ts'
import { insideOf, reasonOf, take, turn } from './support.ts'

it('lets the process do other things while it catches up', async () => {
  using store = TickStore.create(':memory:')
  store.appendMany(Array.from({ length: 10_000 }, () => tickAt(0)))
  let turns = 0
  const timer = setInterval(() => turns++, 0)
  expect(await take(store.appended({ from: 0 }), 10_000)).toHaveLength(10_000)
  const changed = store.changed()
  for (let i = 0; i < 10_000; i++) store.setPrice(i, 1)
  expect(await take(changed, 10_000)).toHaveLength(10_000)
  clearInterval(timer)
  expect(turns).toBeGreaterThan(0)
})

it('a store that is read makes no file until it is asked to wait', async () => {
  const path = fastPath()
  {
    using writer = TickStore.create(path)
    expect(writer.length).toBe(0)
  }
  using reader = TickStore.open(path, { readOnly: true })
  expect([...reader]).toEqual([])
  const names = () =>
    readdirSync(path.slice(0, path.lastIndexOf('/'))).filter((name) => name.endsWith('.wake'))
  expect(names()).toEqual([])
  expect(await reader.waitForLength(0)).toBe(0)
  expect(names()).toEqual([])
  await reasonOf(reader.waitForLength(1, { timeoutMs: 1, ref: true }))
  expect(names()).toEqual(['store.mmf.wake'])
})

it('writes go by unnoted as long as nobody watches', async () => {
  using store = TickStore.create(':memory:')
  store.append(tickAt(0))
  const { notes } = insideOf(store as never)
  store.setPrice(0, 1)
  expect(notes.isFast).toBe(true)
  const changed = store.changed()
  const next = changed.next()
  await turn()
  expect(notes.isFast).toBe(false)
  store.setPrice(0, 2)
  expect(await next).toEqual({ done: false, value: 0 })
  expect(notes.isFast).toBe(false)
})

const TYPE = 'ERR_TYPE_MISMATCH'
const BAD: readonly (readonly ['appended' | 'changed', unknown, string])[] = [
  ['appended', { from: -1 }, 'ERR_OUT_OF_BOUNDS'],
  ['appended', { from: 3 }, 'ERR_OUT_OF_BOUNDS'],
  ['appended', { from: 0.5 }, 'ERR_OUT_OF_BOUNDS'],
  ['appended', { from: Number.NaN }, 'ERR_OUT_OF_BOUNDS'],
  ['appended', { from: '0' }, TYPE],
  ['appended', { from: null }, TYPE],
  ['appended', { timeoutMs: 1 }, TYPE],
  ['appended', 0, TYPE],
  ['appended', [], TYPE],
  ['appended', { signal: 'stop' }, TYPE],
  ['changed', { from: 0 }, TYPE],
  ['changed', { ref: 'yes' }, TYPE],
  ['changed', null, TYPE],
  ['changed', [], TYPE],
]

it.each(BAD)('%s(%o) is refused at the call', (how, options, code) => {
  using store = TickStore.create(':memory:')
  store.append()
  store.append()
  let error: unknown
  try {
    store[how](options as never)
  } catch (thrown) {
    error = thrown
  }
  expect(error).toBeInstanceOf(MmapForgeError)
  expect(error).toMatchObject({ code })
})
