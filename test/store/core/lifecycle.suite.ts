/** Core suite: creation to close, what a store tells of itself, and growth. */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isSized } from '../../../src/schema/field-types.ts'
import { layoutOf } from '../../../src/schema/layout.ts'
import { type AnyStore, access, regionOf } from '../../support/any-store.ts'
import { expectError } from '../../support/expect-error.ts'
import { expectRecords, storedRecord } from '../../support/model.ts'
import { fastPath } from '../../support/temp.ts'
import { type CoreContext, expectRefusal, fullRecord, schemaOf } from '../support/context.ts'

export function describeLifecycle(core: CoreContext): void {
  const schema = schemaOf('Full')

  describe('a new store', () => {
    it('is empty, writable, and has room for 64 records', () => {
      const store = core.create('Full')
      expect(store).toMatchObject({ length: 0, capacity: 64, readOnly: false, closed: false, recovered: [] })
      expect(store.path.endsWith(core.isFile ? 'store.mmf' : ':memory:')).toBe(true)
    })

    it.each([1, 2, 1000])('has room for %d records where asked to', (capacity) => {
      expect(core.create('Flag', { capacity }).capacity).toBe(capacity)
    })

    it('is an instance of its class, which is named after the record', () => {
      const store = core.create('Tick')
      expect(store).toBeInstanceOf(core.classOf('Tick'))
      expect(core.classOf('Tick')).toHaveProperty('name', 'TickStore')
      expect(core.classOf('Tick').definition.schema.name).toBe('Tick')
    })

    it('shares nothing with another of its class', () => {
      const stores = [core.create('Full'), core.create('Full'), core.create('Tick')] as const
      stores[0].append(fullRecord(1))
      stores[1].append(fullRecord(2))
      expect(stores.map(({ length }) => length)).toEqual([1, 1, 0])
      expectRecords(stores[0], schema, [storedRecord(schema, fullRecord(1))])
      stores[0].close()
      expectRecords(stores[1], schema, [storedRecord(schema, fullRecord(2))])
    })
  })

  describe('append', () => {
    it('gives the indices from 0 on', () => {
      const store = core.create('Full')
      expect([store.append(), store.append(fullRecord()), store.append(undefined)]).toEqual([0, 1, 2])
      expect(store.length).toBe(3)
    })

    it('grows the store through several doublings, and keeps all records', () => {
      const store = core.create('Full', { capacity: 1 })
      const expected = Array.from({ length: 600 }, (_, i) => storedRecord(schema, fullRecord(i % 50)))
      const capacities = new Set([store.capacity])
      for (let i = 0; i < 600; i++) {
        expect(store.append(fullRecord(i % 50))).toBe(i)
        expect(store.capacity).toBeGreaterThan(i)
        capacities.add(store.capacity)
      }
      expect(capacities.size).toBeGreaterThan(3)
      expectRecords(store, schema, expected)
    })

    it('writes the true capacity into the header', () => {
      const store = core.create('Full', { capacity: 2 })
      for (let i = 0; i < 100; i++) store.append(fullRecord())
      const header = Buffer.from(regionOf(store).slice(0, 64))
      expect(header.readBigUInt64LE(48)).toBe(100n)
      expect(header.readBigUInt64LE(56)).toBe(BigInt(store.capacity))
      const fits = Math.floor((regionOf(store).length - 64) / layoutOf(schema).recordSizeBytes)
      expect(store.capacity).toBe(fits)
    })

    it('leaves the counter of each record even, raised by two for every write', () => {
      const store = core.createWith('Flag', [undefined, { on: true }])
      const counters = (): number[] =>
        [0, 1].map((i) => Buffer.from(regionOf(store)).readUInt32LE(64 + 16 * i))
      expect(counters()).toEqual([0, 2])
      store.set(0, { on: true })
      store.update(0, { on: false })
      access(store, 'set', 'on', 1, false)
      expect(counters()).toEqual([4, 4])
      store.update(0, {})
      store.get(0)
      access(store, 'get', 'on', 0)
      expect(counters()).toEqual([4, 4])
    })
  })

  describe('close', () => {
    /** Everything that needs an open store. */
    const uses = (store: AnyStore): (() => unknown)[] => [
      () => store.length,
      () => store.capacity,
      () => store.get(0),
      () => store.set(0, fullRecord()),
      () => store.update(0, { price: 1 }),
      () => store.update(0, {}),
      () => store.append(),
      () => store.append(fullRecord()),
      () => store.records(),
      () => store.records(0, 1),
      () => store[Symbol.iterator](),
      () => store.sync(),
      ...schema.fields.flatMap(({ property, type }) => [
        () => access(store, 'get', property, 0),
        () => access(store, 'set', property, 0, fullRecord()[property]),
        ...(isSized(type) ? [() => access(store, 'view', property, 0)] : []),
      ]),
    ]

    it('ends every use', async () => {
      const store = core.createWith('Full', [fullRecord()])
      store.close()
      for (const use of uses(store)) {
        const error = expectError(use, 'ERR_CLOSED', { path: store.path })
        expect(error.message).toContain('the store is closed; open it again')
      }
      await expect(store.flush()).rejects.toMatchObject({ code: 'ERR_CLOSED', path: store.path })
    })

    it('leaves what needs no file', () => {
      const store = core.createWith('Full', [fullRecord()])
      const { path } = store
      store.close()
      expect(store).toMatchObject({ path, closed: true, readOnly: false, recovered: [] })
    })

    it('may be called again', () => {
      const store = core.create('Full')
      store.close()
      {
        using again = store
        again.close()
      }
      expect(store.closed).toBe(true)
    })

    it('happens at the end of a block', () => {
      let outer: AnyStore
      {
        using store = core.create('Full')
        outer = store
        store.append()
        expect(outer.closed).toBe(false)
      }
      expect(outer.closed).toBe(true)
    })
  })

  it('sync and flush change nothing that is read', async () => {
    const store = core.createWith('Full', [fullRecord(1), fullRecord(2)])
    expect(store.sync()).toBeUndefined()
    const flushed = store.flush()
    store.append(fullRecord(3))
    expect(await flushed).toBeUndefined()
    expectRecords(
      store,
      schema,
      [1, 2, 3].map((variant) => storedRecord(schema, fullRecord(variant))),
    )
  })

  it.runIf(core.path === ':memory:')('in memory every store is a new one, and makes no file', () => {
    const store = core.createWith('Full', [fullRecord()])
    const others = [core.classOf('Full').open(':memory:'), core.classOf('Full').openOrCreate(':memory:')]
    for (const other of others) expect(core.track(other).length).toBe(0)
    expect(store.length).toBe(1)
    expect(existsSync(':memory:')).toBe(false)
    expectError(() => core.classOf('Full').create(':memory:', { readOnly: true }), 'ERR_READ_ONLY')
    expectError(() => core.classOf('Full').open(':memory:', { readOnly: true }), 'ERR_READ_ONLY')
  })

  describe.runIf(core.isFile)('in a file', () => {
    it.each(['one', 'unlocked'] as const)(
      'with writers: %s records stay, through open and openOrCreate',
      (writers) => {
        const path = fastPath()
        const expected = [1, 2, 3].map((variant) => storedRecord(schema, fullRecord(variant)))
        const created = core.track(core.classOf('Full').openOrCreate(path, { writers, capacity: 1 }))
        created.append(fullRecord(1))
        created.close()
        const opened = core.track(core.classOf('Full').open(path, { writers }))
        opened.append(fullRecord(2))
        opened.close()
        const again = core.track(core.classOf('Full').openOrCreate(path, { writers }))
        again.append(fullRecord(3))
        expectRecords(again, schema, expected)
        again.close()
        const reader = core.track(core.classOf('Full').open(path, { readOnly: true }))
        expectRecords(reader, schema, expected)
        expect(reader).toMatchObject({ path, readOnly: true, recovered: [] })
      },
    )

    it('every way of writing is refused to a store opened with readOnly', async () => {
      const { path } = core.createWith('Full', [fullRecord()])
      const store = core.track(core.classOf('Full').open(path, { readOnly: true }))
      const writes = [
        () => store.set(0, fullRecord(1)),
        () => store.update(0, { price: 1 }),
        () => store.update(0, {}),
        () => store.append(),
        () => store.append(fullRecord()),
        ...schema.fields.map(
          ({ property }) =>
            () =>
              access(store, 'set', property, 0, fullRecord()[property]),
        ),
      ]
      for (const write of writes) {
        const error = expectRefusal(store, write, 'ERR_READ_ONLY')
        expect(error.message).toContain('opened with readOnly; open it without to write')
      }
      store.sync()
      await store.flush()
      expectRecords(store, schema, [storedRecord(schema, fullRecord())])
    })

    it('a reader follows appends, and growth', () => {
      const writer = core.create('Full', { capacity: 1 })
      const reader = core.track(core.classOf('Full').open(writer.path, { readOnly: true }))
      const expected: Record<string, unknown>[] = []
      for (let i = 0; i < 300; i++) {
        writer.append(fullRecord(i % 50))
        expected.push(storedRecord(schema, fullRecord(i % 50)))
        expect(reader.length).toBe(i + 1)
        expect(access(reader, 'get', 'code', i)).toBe(`c${i % 50}`)
      }
      expectRecords(reader, schema, expected)
      expect(reader.capacity).toBe(writer.capacity)
    })

    it('close writes what was stored', () => {
      const store = core.createWith('Full', [fullRecord()], { capacity: 3 })
      store.close()
      const bytes = readFileSync(store.path)
      expect(bytes).toHaveLength(64 + 3 * layoutOf(schema).recordSizeBytes)
      expect(bytes.readBigUInt64LE(48)).toBe(1n)
      expect(bytes.readDoubleLE(64 + (layoutOf(schema).fields[12]?.offsetBytes as number))).toBe(0.1)
    })
  })
}
