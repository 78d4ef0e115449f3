/** What waiters and writers say to each other, word by word. */
import { renameSync, writeFileSync } from 'node:fs'
import { expect, it, vi } from 'vitest'
import { encodeWake } from '../../src/format/wake.ts'
import { WakeHub } from '../../src/waiting/wake-hub.ts'
import { TickStore, tickAt } from '../processes/stores.ts'
import { fastPath } from '../support/temp.ts'
import { insideOf, reasonOf, turn } from './support.ts'

it('of several lengths that are waited for, writers heed the least', async () => {
  using writer = TickStore.create(fastPath())
  writer.append(tickAt(0))
  using reader = TickStore.open(writer.path, { readOnly: true })
  const { wakes } = insideOf(writer as never)
  const controller = new AbortController()
  const { signal } = controller
  const waits = [50, 3, 10].map((length) => reasonOf(reader.waitForLength(length, { signal })))
  expect([1, 2, 3, 4, 50].map((length) => wakes.isLengthAwaited(length))).toEqual([
    false,
    false,
    true,
    true,
    true,
  ])
  controller.abort('enough')
  expect(await Promise.all(waits)).toEqual(['enough', 'enough', 'enough'])
})

it('a writer that has woken does so again only when somebody waits again', async () => {
  using writer = TickStore.create(fastPath())
  writer.append(tickAt(0))
  using reader = TickStore.open(writer.path, { readOnly: true })
  const { wakes } = insideOf(writer as never)
  const controller = new AbortController()
  const ended = reasonOf(reader.changed({ signal: controller.signal }).next())
  await turn()
  expect(wakes.areChangesAwaited()).toBe(true)
  controller.abort('enough')
  expect(await ended).toBe('enough')
  wakes.wake()
  expect(wakes.areChangesAwaited()).toBe(false)
  expect(wakes.isLengthAwaited(2 ** 32 - 1)).toBe(false)
})

it('a record that is mid-write has not changed yet', async () => {
  using writer = TickStore.create(fastPath())
  for (let i = 0; i < 2; i++) writer.append(tickAt(i))
  using reader = TickStore.open(writer.path, { readOnly: true })
  const { i32 } = writer as unknown as { i32: Int32Array }
  const counter = 64 / 4
  const changed = reader.changed()
  i32[counter] = (i32[counter] as number) + 1
  writer.setPrice(1, 5)
  expect(await changed.next()).toEqual({ done: false, value: 1 })
  writer.setPrice(1, 6)
  expect(await changed.next()).toEqual({ done: false, value: 1 })
  i32[counter] = (i32[counter] as number) + 1
  expect(await changed.next()).toEqual({ done: false, value: 0 })
})

it('a wake file that has lost its name is not watched by that name', () => {
  using store = TickStore.create(fastPath())
  const { wakes } = insideOf(store as never)
  wakes.open()
  const hub = new WakeHub(store.path, wakes, () => undefined)
  hub.attend()
  expect(hub.isTold).toBe(true)
  hub.close()
  renameSync(`${store.path}.wake`, `${store.path}.old`)
  writeFileSync(`${store.path}.wake`, encodeWake())
  hub.attend()
  expect(hub.isTold).toBe(false)
  hub.close()
})

it('a waiter that others come before, each time, does not say for ever what it waits for', () => {
  using store = TickStore.create(fastPath())
  const { wakes } = insideOf(store as never)
  wakes.open()
  const others = vi.spyOn(Atomics, 'compareExchange').mockReturnValue(-1 as never)
  wakes.awaitLength(7)
  expect(others.mock.calls.length).toBeGreaterThan(10)
  others.mockRestore()
  wakes.awaitLength(7)
  expect([wakes.isLengthAwaited(6), wakes.isLengthAwaited(7)]).toEqual([false, true])
})
