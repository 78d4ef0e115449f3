/** What a store is to other threads: nothing that can be sent, and who tries is told. */
import { inspect } from 'node:util'
import { deserialize, serialize } from 'node:v8'
import { BroadcastChannel, MessageChannel, Worker } from 'node:worker_threads'
import { describe, expect, it, onTestFinished } from 'vitest'
import { TickStore } from '../processes/stores.ts'
import { type AnyStore, openedOf } from '../support/any-store.ts'
import { errorOf } from '../support/errors.ts'
import { fastPath } from '../support/temp.ts'
import { IMPLEMENTATIONS } from './support/implementations.ts'

/** Bun says that an object can't be cloned, and not why. */
const saysWhy = !('Bun' in globalThis)

const WAYS: Readonly<Record<string, (value: unknown) => unknown>> = {
  structuredClone: (value) => structuredClone(value),
  postMessage: (value) => {
    const { port1 } = new MessageChannel()
    onTestFinished(() => port1.close())
    port1.postMessage(value)
  },
  workerData: (value) => {
    const worker = new Worker('', { eval: true, workerData: value })
    onTestFinished(async () => void (await worker.terminate()))
  },
  BroadcastChannel: (value) => {
    const channel = new BroadcastChannel('any')
    onTestFinished(() => channel.close())
    channel.postMessage(value)
  },
  serialize: (value) => deserialize(serialize(value)),
}

const { schema } = TickStore.definition

describe.each(Object.entries(IMPLEMENTATIONS))('%s', (_, make) => {
  const Store = make(schema)

  function opened(path: string): AnyStore {
    const store = Store.create(path) as AnyStore
    onTestFinished(() => store.close())
    store.append()
    return store
  }

  const OBJECTS: Readonly<Record<string, () => unknown>> = {
    'a store': () => opened(fastPath()),
    'a store in memory': () => opened(':memory:'),
    'a store that only reads': () => Store.open(opened(fastPath()).path, { readOnly: true }),
    'a store that is closed': () => {
      const store = opened(fastPath())
      store.close()
      return store
    },
    'a store within something else': () => ({ settings: { stores: [opened(':memory:')] } }),
    'a store in a map': () => new Map([['ticks', opened(':memory:')]]),
    'a cursor': () => (opened(':memory:') as unknown as { cursor(): object }).cursor(),
    'an iterator': () => opened(':memory:').records(),
    'what is appended': () => opened(':memory:').appended(),
  }

  it.each(Object.keys(OBJECTS))('%s is sent by nothing', (name) => {
    const object = OBJECTS[name]?.()
    for (const [way, send] of Object.entries(WAYS)) {
      const error = errorOf(() => send(object)) as Error
      expect(error.message, way).toMatch(/could not be cloned|can not be cloned/)
      if (saysWhy && name !== 'what is appended')
        expect(error.message, way).toContain('in another one, open it by its path')
    }
  })

  it('is refused before anything large is copied', () => {
    const store = opened(':memory:')
    // The order in which cloning looks at properties.
    expect(Object.keys(store)[0]).toBe('opened')
    expect(typeof Object.values(openedOf(store))[0]).toBe('symbol')
  })

  it('shows nothing of that', () => {
    const store = opened(':memory:') as AnyStore & { cursor(): { seek(index: number): object } }
    const cursor = store.cursor().seek(0)
    for (const shown of [inspect(store), JSON.stringify(store), inspect(cursor), inspect(store.records())])
      expect(shown).not.toMatch(/clone|Symbol|open it/)
    expect(inspect({ cursor })).toMatch(/Cursor \{\}/)
    expect(JSON.stringify(cursor)).toBe('{}')
    // As Deno shows it.
    const show = (cursor as Record<symbol, (() => string) | undefined>)[Symbol.for('Deno.customInspect')]
    expect(show?.call(cursor)).toMatch(/Cursor \{\}$/)
  })
})
