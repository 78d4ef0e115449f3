/** The order in which both strategies touch memory: what their reasoning rests on, and no test run can show. */
import { describe, expect, it, vi } from 'vitest'
import {
  atomicSeqlock,
  fencedSeqlock,
  loadAnew,
  type Seqlock,
  seqlockFor,
} from '../../src/protocol/seqlock.ts'

const COUNTER = 16
const FENCE = 1000

/** Runs an action on memory of its own; gives each access in order. A reader's are told apart by what they are made on. */
function accessesOf(action: (i32: Int32Array) => unknown): string[] {
  const log: string[] = []
  const words = new Int32Array(FENCE + 1)
  const spies = (['load', 'store', 'add', 'exchange', 'compareExchange'] as const).map((name) => {
    const original = Atomics[name] as (...args: unknown[]) => number
    return vi.spyOn(Atomics, name).mockImplementation(((
      array: Int32Array,
      index: number,
      ...rest: number[]
    ) => {
      log.push(`Atomics.${name} ${array === shared ? nameOf(index) : 'barrier'}`)
      return original(array === shared ? words : array, index, ...rest)
    }) as never)
  })
  const shared = new Proxy(words, {
    get: (target, index) => {
      log.push(`load ${nameOf(Number(index))}`)
      return target[Number(index)]
    },
    set: (target, index, value) => {
      log.push(`store ${nameOf(Number(index))}`)
      target[Number(index)] = value
      return true
    },
  })
  try {
    action(shared)
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
  return log
}

const nameOf = (index: number) =>
  index === COUNTER ? 'counter' : index === FENCE ? 'fence' : `word ${index}`

describe('the fenced strategy', () => {
  it('reads the counter, then the data; stores to the fence, then reads the counter', () => {
    expect(accessesOf((i32) => fencedSeqlock.beginRead(i32, COUNTER))).toEqual(['load counter'])
    expect(accessesOf((i32) => fencedSeqlock.endRead(i32, COUNTER, 0, FENCE))).toEqual([
      'store fence',
      'load counter',
    ])
  })

  it('marks the record, stores the data, and loads the fence for the last counter', () => {
    expect(accessesOf((i32) => fencedSeqlock.beginWrite(i32, COUNTER, FENCE))).toEqual([
      'load counter',
      'store counter',
    ])
    expect(accessesOf((i32) => fencedSeqlock.endWrite(i32, COUNTER, 0, FENCE))).toEqual([
      'load fence',
      'store counter',
    ])
  })
})

describe('the atomic strategy', () => {
  /** A store-release and then a load-acquire: one read-modify-write alone is no barrier between loads on ARM64. */
  const BARRIER = ['Atomics.store barrier', 'Atomics.add barrier']

  it('reads the counter, then the data, then the counter, with a barrier after the first two', () => {
    expect(accessesOf((i32) => atomicSeqlock.beginRead(i32, COUNTER))).toEqual(['load counter', ...BARRIER])
    expect(accessesOf((i32) => atomicSeqlock.endRead(i32, COUNTER, 0, FENCE))).toEqual([
      ...BARRIER,
      'load counter',
    ])
  })

  it('reads what others store to behind a barrier', () => {
    expect(accessesOf((i32) => atomicSeqlock.loadShared(i32, 12, FENCE))).toEqual([
      ...BARRIER,
      'load word 12',
    ])
    expect(accessesOf((i32) => loadAnew(i32, COUNTER))).toEqual([...BARRIER, 'load counter'])
  })

  it('marks the record by a store-release and a load-acquire, and unmarks it by a store-release', () => {
    expect(accessesOf((i32) => atomicSeqlock.beginWrite(i32, COUNTER, FENCE))).toEqual([
      'Atomics.load counter',
      'Atomics.store counter',
      'Atomics.add fence',
    ])
    expect(accessesOf((i32) => atomicSeqlock.endWrite(i32, COUNTER, 0, FENCE))).toEqual([
      'Atomics.store counter',
    ])
  })
})

describe.each<[string, Seqlock]>([
  ['fenced', fencedSeqlock],
  ['atomic', atomicSeqlock],
])('the %s strategy', (_, { beginRead, endRead, beginWrite, endWrite, loadShared, storeShared }) => {
  const i32 = new Int32Array(FENCE + 1)
  const at = (counter: number) => {
    i32[COUNTER] = counter
    return i32
  }

  it.each([0, 2, 2 ** 31 - 2, -(2 ** 31), -2])(
    'holds a write that starts at %i against its readers',
    (counter) => {
      const seen = beginRead(at(counter), COUNTER)
      expect(endRead(i32, COUNTER, seen, FENCE)).toBe(true)
      const before = beginWrite(i32, COUNTER, FENCE)
      expect([before, i32[COUNTER]]).toEqual([counter, counter + 1])
      expect(endRead(i32, COUNTER, seen, FENCE)).toBe(false)
      expect(endRead(i32, COUNTER, beginRead(i32, COUNTER), FENCE)).toBe(false)
      endWrite(i32, COUNTER, before, FENCE)
      expect(i32[COUNTER]).toBe((counter + 2) | 0)
      expect(endRead(i32, COUNTER, seen, FENCE)).toBe(false)
      expect(endRead(i32, COUNTER, beginRead(i32, COUNTER), FENCE)).toBe(true)
    },
  )

  it('leaves an odd counter alone, and says so', () => {
    expect(beginWrite(at(7), COUNTER, FENCE) & 1).toBe(1)
    expect(i32[COUNTER]).toBe(7)
  })

  it('gives a shared word as it was stored', () => {
    for (const value of [0, 5, 2 ** 31, 2 ** 32 - 1]) {
      storeShared(i32, 12, value, FENCE)
      expect(loadShared(i32, 12, FENCE) >>> 0).toBe(value)
    }
    expect(i32[FENCE]).toBe(0)
  })
})

it('only x86 is fenced', () => {
  const fenced = ['x64', 'ia32', 'arm64', 'arm', 'riscv64', 'loong64', 'ppc64', 's390x', ''].filter(
    (arch) => seqlockFor(arch) === fencedSeqlock,
  )
  expect(fenced).toEqual(['x64', 'ia32'])
})
