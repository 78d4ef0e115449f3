/** Core suite: `modify`, and code of the caller's within it that does what it must not. */
import { describe, expect, it } from 'vitest'
import { type AnyRecord, type AnyStore, access, fieldOffsetBytes, regionOf } from '../../support/any-store.ts'
import { expectError } from '../../support/expect-error.ts'
import { expectRecord, expectRecords } from '../../support/model.ts'
import { type CoreContext, fullRecord, schemaOf, storedFull } from '../support/context.ts'
import { BAD_VALUES, MISSING_INDICES, MISTYPED_INDICES } from '../support/values.ts'
import { expectLetGo, expectNoChange } from './support.ts'

type Use = (store: AnyStore) => unknown

/** Every way to write. */
const WRITES: Readonly<Record<string, Use>> = {
  'set of the same record': (store) => store.set(1, fullRecord(9)),
  'set of another record': (store) => store.set(0, fullRecord(9)),
  update: (store) => store.update(1, { price: 9 }),
  'set of a number': (store) => access(store, 'set', 'price', 1, 9),
  'set of a number of another record': (store) => access(store, 'set', 'price', 2, 9),
  'set of a text': (store) => access(store, 'set', 'text', 0, 'text'),
  add: (store) => access(store, 'add', 'safe', 0, 1),
  compareAndSet: (store) => access(store, 'compareAndSet', 'tiny', 1, -2, 5),
  'compareAndSet of another text': (store) => access(store, 'compareAndSet', 'code', 0, 'c0', 'd0'),
  'set by a cursor': (store) => {
    ;(store as unknown as { cursor(): { seek(i: number): AnyRecord } }).cursor().seek(0)['price'] = 1
  },
  append: (store) => store.append(fullRecord(9)),
  'append of zeros': (store) => store.append(),
  appendMany: (store) => store.appendMany([fullRecord(9)]),
  'modify of the same record': (store) => store.modify(1, (record) => record),
  'modify of another record': (store) => store.modify(0, (record) => record),
}

export function describeModify(core: CoreContext): void {
  const schema = schemaOf('Full')
  const create = (): AnyStore =>
    core.createWith('Full', [fullRecord(0), fullRecord(1), fullRecord(2)], { stallTimeoutMs: 50 })
  const expectUnchanged = (store: AnyStore): void => {
    expectRecords(store, schema, [storedFull(0), storedFull(1), storedFull(2)])
    expectLetGo(store)
    expect(store.recovered).toEqual([])
    store.modify(1, () => fullRecord(5))
    expectRecords(store, schema, [storedFull(0), storedFull(5), storedFull(2)])
  }

  it('replaces a record by what the function makes of it, and gives that', () => {
    const store = create()
    const result = fullRecord(7)
    const seen: AnyRecord[] = []
    const given = store.modify(1, (record) => {
      seen.push({ ...record })
      return result
    })
    expect(given).toBe(result)
    expect(seen).toEqual([storedFull(1)])
    expectRecords(store, schema, [storedFull(0), storedFull(7), storedFull(2)])
    const counter = new Uint32Array(regionOf(store).buffer, fieldOffsetBytes(store, 1, 'flag') - 8, 2)
    expect([...counter]).toEqual([4, 0])
  })

  it('takes the very record that it gave, changed', () => {
    const store = create()
    const record = store.modify(1, (before) => Object.assign(before, { price: 3, code: 'new' }))
    expect(record).toEqual({ ...storedFull(1), price: 3, code: 'new' })
    expectRecord(store, schema, 1, record)
  })

  it('takes more than a record has, and gives it back', () => {
    const store = create()
    const record = store.modify(1, (before) => ({ ...before, price: 3, more: 'more' }))
    expect(record.more).toBe('more')
    expectRecord(store, schema, 1, { ...storedFull(1), price: 3 })
  })

  it.each([new RangeError('mine'), undefined, null, 'text', 0])(
    'that throws %o changes nothing',
    (thrown) => {
      const store = create()
      const caught: unknown[] = []
      try {
        store.modify(1, () => {
          throw thrown
        })
      } catch (error) {
        caught.push(error)
      }
      expect(caught).toEqual([thrown])
      expectUnchanged(store)
    },
  )

  it.each<[string, () => unknown]>([
    ['nothing', () => undefined],
    ['null', () => null],
    ['a number', () => 5],
    ['a promise', async () => fullRecord(3)],
    ['an empty object', () => ({})],
    ['a record without a field', () => ({ ...fullRecord(3), blob: undefined })],
    ['a function', () => () => fullRecord(3)],
    ['another store’s record', () => ({ on: true })],
  ])('that gives %s is refused, and changes nothing', (_, change) => {
    const store = create()
    expectNoChange(store, () => store.modify(1, change as () => AnyRecord), 'ERR_TYPE_MISMATCH')
    expectUnchanged(store)
  })

  it('that gives a value that does not fit is refused, and changes nothing', () => {
    const store = create()
    for (const { property } of schema.fields) {
      for (const [value, code] of (BAD_VALUES[property] ?? []).slice(0, 1)) {
        const change = (record: AnyRecord): AnyRecord => ({ ...record, [property]: value })
        expectNoChange(store, () => store.modify(1, change), code, { record: 1, field: property })
      }
    }
    expectUnchanged(store)
  })

  describe.each(Object.keys(WRITES))('%s', (name) => {
    const write = WRITES[name] as Use

    it('from within is an error, caught or not, and by a getter of the new record as well', () => {
      const store = create()
      const rewrite = (record: AnyRecord): AnyRecord => {
        write(store)
        return record
      }
      expectNoChange(store, () => store.modify(1, rewrite), 'ERR_REENTRANT')
      const text = { get: () => write(store) }
      const record = Object.defineProperty(fullRecord(4), 'text', text)
      expectNoChange(store, () => store.modify(1, () => record), 'ERR_REENTRANT')
      expectRecords(store, schema, [storedFull(0), storedFull(1), storedFull(2)])
      store.modify(1, () => {
        const error = expectNoChange(store, () => write(store), 'ERR_REENTRANT')
        expect(error.message).toContain('modify of record 1')
        return fullRecord(4)
      })
      expectRecords(store, schema, [storedFull(0), storedFull(4), storedFull(2)])
      expect(store.recovered).toEqual([])
      write(store)
      expectLetGo(store)
    })
  })

  it('may read other records, and where it is the only writer this one too', () => {
    const store = create()
    store.modify(1, (record) => {
      for (const i of [0, 2]) expectRecord(store, schema, i, storedFull(i))
      expect(store.length).toBe(3)
      const reads: Use[] = [
        () => store.get(1),
        () => store.getInto(1, fullRecord()),
        () => access(store, 'get', 'price', 1),
        () => access(store, 'get', 'text', 1),
        () => access(store, 'view', 'blob', 1),
        () => access(store, 'equals', 'code', 1, 'c1'),
        () => [...store],
      ]
      for (const read of reads) {
        if (core.isShared) expectNoChange(store, () => read(store), 'ERR_REENTRANT', { record: 1 })
        else read(store)
      }
      return { ...record, price: 8 }
    })
    expectRecords(store, schema, [storedFull(0), { ...storedFull(1), price: 8 }, storedFull(2)])
  })

  it.each<[string, (store: AnyStore) => AnyRecord]>([
    [
      'within',
      (store) => {
        store.close()
        return fullRecord(4)
      },
    ],
    [
      'by a getter of the record',
      (store) => Object.defineProperty(fullRecord(4), 'text', { get: () => void store.close() }),
    ],
  ])('of a store that is closed %s changes nothing', (_, change) => {
    const store = create()
    expectError(() => store.modify(1, () => change(store)), 'ERR_CLOSED', { path: store.path })
    expect(store.closed).toBe(true)
    if (core.isFile) expectUnchanged(core.track(core.classOf('Full').open(store.path, core.options)))
  })

  it('reads each field of the record once, in order', () => {
    const store = create()
    const read: PropertyKey[] = []
    const record = new Proxy(fullRecord(4), {
      get: (target, key) => {
        read.push(key)
        return target[key as string]
      },
    })
    store.modify(1, () => record)
    expect(read).toEqual(schema.fields.map(({ property }) => property))
    expectRecord(store, schema, 1, storedFull(4))
  })

  it('of a record with bytes that are no value is refused, and lets it go', () => {
    const store = create()
    regionOf(store)[fieldOffsetBytes(store, 1, 'flag')] = 9
    const change = (): AnyRecord => expect.unreachable()
    expectNoChange(store, () => store.modify(1, change), 'ERR_INVALID_BOOL', { record: 1, field: 'flag' })
    expectLetGo(store)
    store.set(1, fullRecord(1))
    expectUnchanged(store)
  })

  it('asks nothing of its function where there is no record, or no writing', () => {
    const store = create()
    const change = (): AnyRecord => expect.unreachable()
    for (const index of [3, ...MISSING_INDICES]) {
      expectNoChange(store, () => store.modify(index, change), 'ERR_OUT_OF_BOUNDS')
    }
    for (const index of MISTYPED_INDICES as number[]) {
      expectNoChange(store, () => store.modify(index, change), 'ERR_TYPE_MISMATCH')
    }
    for (const other of [undefined, null, {}, 'text', fullRecord(1)]) {
      const error = expectNoChange(store, () => store.modify(1, other as never), 'ERR_TYPE_MISMATCH')
      expect(error.message).toContain('modify takes a function')
      expectNoChange(store, () => store.modify(9, other as never), 'ERR_OUT_OF_BOUNDS')
    }
    if (core.isFile) {
      const reader = core.track(core.classOf('Full').open(store.path, { readOnly: true }))
      for (const index of [1, 9]) {
        expectNoChange(reader, () => reader.modify(index, change), 'ERR_READ_ONLY')
        expectNoChange(reader, () => reader.modify(index, 5 as never), 'ERR_READ_ONLY')
      }
    }
    expectUnchanged(store)
    store.close()
    for (const other of [change, 5 as never]) expectError(() => store.modify(9, other), 'ERR_CLOSED')
  })
}
