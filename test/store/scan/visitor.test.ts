/** Visitors of a scan that do more than look. */
import { expect, it } from 'vitest'
import { type AnyStore, access } from '../../support/any-store.ts'
import { expectError } from '../../support/expect-error.ts'
import { expectRecords } from '../../support/model.ts'
import { type CoreContext, fullRecord, schemaOf, storedFull } from '../support/context.ts'
import { describeEachStore } from '../support/each-store.ts'

const schema = schemaOf('Full')
const FIELDS = ['code', 'text', 'price', 'blob', 'flag', 'huge', 'safe'] as const
const row = (variant: number, index: number): unknown[] => [
  ...FIELDS.map((name) => storedFull(variant)[name]),
  index,
]

/** Scans, and has `act` called before each row is kept. */
function scanWith(store: AnyStore, act: (index: number) => void): unknown[][] {
  const rows: unknown[][] = []
  store.scan({ fields: FIELDS }, (...values: unknown[]) => {
    act(values.at(-1) as number)
    rows.push(values)
  })
  return rows
}

function newStore(core: CoreContext, options = {}): AnyStore {
  return core.createWith('Full', [0, 1, 2, 3].map(fullRecord), options)
}

describeEachStore('a visitor', (core) => {
  it('that throws ends the scan with what it threw', () => {
    const store = newStore(core)
    const visited: number[] = []
    const fault = new RangeError('mine')
    const scan = (): unknown =>
      scanWith(store, (index) => {
        visited.push(index)
        if (index === 1) throw fault
      })
    expect(scan).toThrow(fault)
    expect(visited).toEqual([0, 1])
    expect(scanWith(store, () => undefined)).toStrictEqual([0, 1, 2, 3].map((i) => row(i, i)))
  })

  // With a small reservation growth replaces the buffer, on the heap it always does.
  it.each([1, undefined])(
    'that appends until the buffer is replaced sees the records there were: reserve %s',
    (reserve) => {
      const store = newStore(core, { capacity: 4, reserve })
      const rows = scanWith(store, () => {
        for (let i = 0; i < 200; i++) store.append(fullRecord(i % 50))
      })
      expect(rows).toStrictEqual([0, 1, 2, 3].map((i) => row(i, i)))
      expect(store.length).toBe(804)
      expect(scanWith(store, () => undefined)).toHaveLength(804)
    },
  )

  it('that appends with columns meanwhile, likewise', () => {
    const store = newStore(core, { capacity: 4 })
    const rows = scanWith(store, () => void store.appendMany([8, 9].map(fullRecord)))
    expect(rows).toStrictEqual([0, 1, 2, 3].map((i) => row(i, i)))
    expect(store.length).toBe(12)
  })

  it('that writes the record under scan keeps what it was given', () => {
    const store = newStore(core)
    const rows = scanWith(store, (index) => {
      store.set(index, fullRecord(10 + index))
      access(store, 'set', 'text', index, 'é')
    })
    expect(rows).toStrictEqual([0, 1, 2, 3].map((i) => row(i, i)))
    expectRecords(
      store,
      schema,
      [10, 11, 12, 13].map((variant) => ({ ...storedFull(variant), text: 'é' })),
    )
  })

  it('that writes the next record is given what it wrote', () => {
    const store = newStore(core)
    const rows = scanWith(store, (index) => {
      if (index < 3) store.set(index + 1, fullRecord(20 + index))
    })
    expect(rows).toStrictEqual([row(0, 0), row(20, 1), row(21, 2), row(22, 3)])
  })

  it('that closes the store ends the scan', () => {
    const store = newStore(core)
    const visited: number[] = []
    const scan = (): unknown =>
      scanWith(store, (index) => {
        visited.push(index)
        if (index === 2) store.close()
      })
    expectError(scan, 'ERR_CLOSED', { path: store.path })
    expect(visited).toEqual([0, 1, 2])
  })

  it('that closes the store at the last record harms nothing', () => {
    const store = newStore(core)
    const rows = scanWith(store, (index) => {
      if (index === 3) store.close()
    })
    expect(rows).toStrictEqual([0, 1, 2, 3].map((i) => row(i, i)))
    expect(store.closed).toBe(true)
  })

  it('that scans, the same fields and others, disturbs nothing', () => {
    const store = newStore(core)
    const inner: unknown[][] = []
    const rows = scanWith(store, (index) => {
      if (index === 1) inner.push(...scanWith(store, () => undefined))
      store.scan({ fields: ['text', 'code'], from: index }, (text, code) => {
        expect([text, code]).not.toContain(undefined)
      })
    })
    expect(rows).toStrictEqual([0, 1, 2, 3].map((i) => row(i, i)))
    expect(inner).toStrictEqual(rows)
  })

  it('that keeps bytes has them for itself', () => {
    const store = newStore(core)
    const kept: Uint8Array[] = []
    store.scan({ fields: ['blob'] }, (blob) => {
      kept.push(blob as Uint8Array)
    })
    for (const bytes of kept) bytes.fill(0)
    expectRecords(store, schema, [0, 1, 2, 3].map(storedFull))
  })
})
