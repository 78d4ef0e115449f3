/** appendMany with records whose making does something to the store. */
import { describe, expect, it } from 'vitest'
import { type AnyRecord, type AnyStore, access, bytesOf } from '../../support/any-store.ts'
import { expectError } from '../../support/expect-error.ts'
import { expectRecords } from '../../support/model.ts'
import { expectSameBytes, fullRecord, schemaOf, storedFull } from '../support/context.ts'
import { describeEachStore } from '../support/each-store.ts'

const schema = schemaOf('Full')

/** Where `act` runs: before a row is given, while its fields are read, and after the last one. */
const MOMENTS: Readonly<Record<string, (act: () => void) => Iterable<AnyRecord>>> = {
  'before the first record': function* (act) {
    act()
    yield* [fullRecord(1), fullRecord(2)]
  },
  'between records': function* (act) {
    yield fullRecord(1)
    act()
    yield fullRecord(2)
  },
  'after the last record': function* (act) {
    yield* [fullRecord(1), fullRecord(2)]
    act()
  },
  'while the first is read': (act) => [trapped(1, act), fullRecord(2)],
  'while the last is read': (act) => [fullRecord(1), trapped(2, act)],
}

function trapped(variant: number, act: () => void): AnyRecord {
  const record = fullRecord(variant)
  const get = (): unknown => {
    act()
    return record['text']
  }
  return Object.defineProperty({ ...record }, 'text', { enumerable: true, get })
}

/** Ways to append, each of which is refused within another. */
const APPENDS: Readonly<Record<string, (store: AnyStore) => unknown>> = {
  'append of a record': (store) => store.append(fullRecord(9)),
  'append of zeros': (store) => store.append(),
  'appendMany of records': (store) => store.appendMany([fullRecord(9)]),
  'appendMany of nothing': (store) => store.appendMany([]),
  'appendMany of columns': (store) => store.appendMany({} as never),
}

describeEachStore('appendMany', (core) => {
  describe.each(Object.keys(MOMENTS))('%s', (moment) => {
    const during = MOMENTS[moment] as (typeof MOMENTS)[string]

    it('refuses every way to append, and leaves nothing', () => {
      const store = core.createWith('Full', [fullRecord(0)], { capacity: 8 })
      for (const append of Object.values(APPENDS)) {
        const appendMany = (): unknown => store.appendMany(during(() => append(store)))
        const { message } = expectError(appendMany, 'ERR_REENTRANT', { path: store.path })
        expect(message).toContain('append it afterwards')
        expectRecords(store, schema, [storedFull(0)])
      }
      expect(store.append(fullRecord(3))).toBe(1)
      expectRecords(store, schema, [storedFull(0), storedFull(3)])
    })

    it('goes on where the refusal is caught, as if nothing had been tried', () => {
      const store = core.createWith('Full', [fullRecord(0)], { capacity: 8 })
      const twin = core.createWith('Full', [0, 1, 2].map(fullRecord), { capacity: 8 })
      const refused = (): void => {
        for (const append of Object.values(APPENDS)) expectError(() => append(store), 'ERR_REENTRANT')
      }
      expect(store.appendMany(during(refused))).toBe(1)
      expectRecords(store, schema, [storedFull(0), storedFull(1), storedFull(2)])
      expect(store.appendMany([])).toBe(3)
      const [found, expected] = [store, twin].map((each) => bytesOf(each).region.subarray(0, 64 + 3 * 408))
      expect(found?.equals(expected as Buffer)).toBe(true)
    })

    it('allows other stores and other writes', () => {
      const store = core.createWith('Full', [fullRecord(0)], { capacity: 1 })
      const other = core.createWith('Full', [])
      const act = (): void => {
        store.set(0, fullRecord(7))
        access(store, 'set', 'text', 0, 'ö')
        other.append(fullRecord(5))
        other.appendMany([fullRecord(6)])
        expect(store.length).toBe(1)
      }
      expect(store.appendMany(during(act))).toBe(1)
      expectRecords(store, schema, [{ ...storedFull(7), text: 'ö' }, storedFull(1), storedFull(2)])
      expectRecords(other, schema, [storedFull(5), storedFull(6)])
    })

    it('fails where the store is closed, and leaves no record', () => {
      const store = core.createWith('Full', [fullRecord(0)])
      const close = (): void => store.close()
      expectError(() => store.appendMany(during(close)), 'ERR_CLOSED', { path: store.path })
      expect(store.closed).toBe(true)
      expectError(() => store.length, 'ERR_CLOSED')
      expectError(() => store.get(0), 'ERR_CLOSED')
      expectError(() => store.append(), 'ERR_CLOSED')
      if (!core.isFile) return
      const again = core.track(core.classOf('Full').open(store.path))
      expectRecords(again, schema, [storedFull(0)])
      again.append()
      expect(again.get(1)).toMatchObject({ text: '', count: 0 })
    })

    it('passes on what is thrown, and leaves nothing', () => {
      const store = core.createWith('Full', [fullRecord(0)])
      const fault = new RangeError('mine')
      const fail = (): void => {
        throw fault
      }
      expect(() => store.appendMany(during(fail))).toThrow(fault)
      expectRecords(store, schema, [storedFull(0)])
      expect(store.appendMany([fullRecord(1)])).toBe(1)
      expectRecords(store, schema, [storedFull(0), storedFull(1)])
    })
  })

  it('refuses an append from a getter of the columns', () => {
    const store = core.createWith('Full', [fullRecord(0)])
    const columns = Object.fromEntries(Object.entries(fullRecord(1)).map(([name, value]) => [name, [value]]))
    Object.defineProperty(columns, 'price', { get: () => [store.append()] })
    expectError(() => store.appendMany(columns as never), 'ERR_REENTRANT')
    expectRecords(store, schema, [storedFull(0)])
  })

  it('ends the iterator of a record that is refused', () => {
    const store = core.createWith('Full', [])
    const ended: string[] = []
    const rows = function* (): Generator<AnyRecord> {
      try {
        yield fullRecord(0)
        yield { ...fullRecord(1), octet: -1 }
        ended.push('not reached')
      } finally {
        ended.push('ended')
        // Still within the call, whose error is the one that counts.
        store.append()
      }
    }
    expectError(() => store.appendMany(rows()), 'ERR_VALUE_OUT_OF_RANGE', { field: 'octet' })
    expect(ended).toEqual(['ended'])
    expect(store.length).toBe(0)
  })

  it('does not take what is given in the middle of a refused call for its own', () => {
    const store = core.createWith('Full', [fullRecord(0)], { capacity: 4 })
    const before = bytesOf(store)
    const iterable = {
      [Symbol.iterator]: (): Iterator<AnyRecord> => {
        throw new TypeError('not iterable after all')
      },
    }
    expect(() => store.appendMany(iterable)).toThrow('not iterable after all')
    expectSameBytes(store, before)
    expect(store.append(fullRecord(1))).toBe(1)
  })
})
