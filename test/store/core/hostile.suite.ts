/** Core suite: code of the caller's that runs in the middle of an operation, and objects that are not what they seem. */
import { describe, expect, it } from 'vitest'
import { type AnyRecord, type AnyStore, access } from '../../support/any-store.ts'
import { expectError } from '../../support/expect-error.ts'
import { expectRecord, expectRecords, storedRecord } from '../../support/model.ts'
import { type CoreContext, expectRefusal, fullRecord, schemaOf, storedFull } from '../support/context.ts'

export function describeHostile(core: CoreContext): void {
  const schema = schemaOf('Full')

  /** A record of which reading `property` runs something first. */
  const trapped = (record: AnyRecord, property: string, action: () => void): AnyRecord =>
    Object.defineProperty({ ...record }, property, {
      enumerable: true,
      get: () => {
        action()
        return record[property]
      },
    })

  describe.each(['flag', 'price', 'text', 'blob'])('a record that, when its %s is read,', (property) => {
    it('appends until the store has grown', () => {
      const store = core.createWith('Full', [fullRecord(0), fullRecord(1)], { capacity: 2 })
      const grow = (): void => {
        for (let i = 0; i < 100; i++) store.append(fullRecord(i % 50))
      }
      store.set(0, trapped(fullRecord(2), property, grow))
      store.update(1, trapped({ [property]: fullRecord(3)[property] }, property, grow))
      expect(store.append(trapped(fullRecord(4), property, grow))).toBe(302)
      const grown = Array.from({ length: 100 }, (_, i) => storedFull(i % 50))
      const second = storedRecord(schema, { [property]: fullRecord(3)[property] }, storedFull(1))
      expectRecords(store, schema, [storedFull(2), second, ...grown, ...grown, ...grown, storedFull(4)])
    })

    it('writes the same record: the outer write comes last', () => {
      const store = core.createWith('Full', [fullRecord(0)])
      const write = (): void => {
        store.set(0, fullRecord(9))
        access(store, 'set', 'tiny', 0, 9)
      }
      store.set(0, trapped(fullRecord(1), property, write))
      expectRecord(store, schema, 0, storedFull(1))
      store.update(0, trapped({ [property]: fullRecord(2)[property] }, property, write))
      const expected = { ...storedFull(9), tiny: 9, [property]: storedFull(2)[property] }
      expectRecord(store, schema, 0, expected)
    })

    it('closes the store', () => {
      const writes: ((store: AnyStore, record: AnyRecord) => void)[] = [
        (store, record) => store.set(0, record),
        (store, record) => store.update(0, record),
        (store, record) => store.append(record),
      ]
      for (const write of writes) {
        const store = core.createWith('Full', [fullRecord(0)])
        expectError(
          () =>
            write(
              store,
              trapped(fullRecord(1), property, () => store.close()),
            ),
          'ERR_CLOSED',
        )
        if (!core.isFile) continue
        expectRecords(core.track(core.classOf('Full').open(store.path)), schema, [storedFull(0)])
      }
    })

    it('throws', () => {
      const store = core.createWith('Full', [fullRecord(0)])
      const fail = (): void => {
        throw new RangeError('mine')
      }
      const record = trapped(fullRecord(1), property, fail)
      for (const write of [
        () => store.set(0, record),
        () => store.update(0, record),
        () => store.append(record),
      ]) {
        expect(write).toThrow(new RangeError('mine'))
      }
      expectRecords(store, schema, [storedFull(0)])
    })
  })

  it('a record that encodes other text while it is read does not mix the two', () => {
    const store = core.createWith('Full', [fullRecord(0), fullRecord(1)])
    const other = { ...fullRecord(5), code: 'ööö', text: 'ö'.repeat(50) }
    const record = { ...fullRecord(6), code: '€€', text: '€'.repeat(33) }
    store.set(
      0,
      trapped(record, 'text', () => store.set(1, other)),
    )
    store.set(
      0,
      trapped(record, 'key', () => store.set(1, other)),
    )
    expectRecords(store, schema, [storedRecord(schema, record), storedRecord(schema, other)])
  })

  it('each field of a record is read once, in order', () => {
    const store = core.createWith('Full', [fullRecord(0)])
    const names = schema.fields.map(({ property }) => property)
    const writes: ((record: AnyRecord) => void)[] = [
      (record) => store.set(0, record),
      (record) => store.update(0, record),
      (record) => store.append(record),
    ]
    for (const write of writes) {
      const read: PropertyKey[] = []
      write(
        new Proxy(fullRecord(1), {
          get: (target, key) => {
            read.push(key)
            return target[key as string]
          },
        }),
      )
      expect(read).toEqual(names)
    }
    expectRecords(store, schema, [storedFull(1), storedFull(1)])
  })

  it.each([
    ['a tag of its own', { [Symbol.toStringTag]: 'Uint8Array', length: 1, 0: 1 }],
    ['a tag that throws', Object.defineProperty({}, Symbol.toStringTag, { get: thrower })],
    ['a revoked proxy', revoked()],
    [
      'a proxy that refuses everything',
      new Proxy({}, { get: thrower, getPrototypeOf: thrower, has: thrower }),
    ],
  ])('an object with %s is refused like any other', (_, value) => {
    const store = core.createWith('Full', [fullRecord(0)])
    for (const { property } of schema.fields) {
      const write = (): unknown => access(store, 'set', property, 0, value)
      expectRefusal(store, write, 'ERR_TYPE_MISMATCH', { record: 0, field: property })
    }
    expectRefusal(store, () => store.get(value as unknown as number), 'ERR_TYPE_MISMATCH')
  })
}

function thrower(): never {
  throw new Error('not for you')
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
