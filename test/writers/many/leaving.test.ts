/** The last of many writers to go: it says that all is well only where it is. */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { TickStore, tickAt } from '../../processes/stores.ts'
import { tempPath } from '../../support/temp.ts'
import { dieInRecord, MANY, type Ticks } from './support.ts'

function storeOf(count: number): { path: string; last: Ticks } {
  const path = tempPath()
  const last = TickStore.create(path, MANY)
  for (let i = 0; i < count; i++) last.append(tickAt(i))
  return { path, last }
}

const markOf = (path: string) => readFileSync(`${path}.lock`, 'utf8')

describe('the last of many writers', () => {
  it.each(['one', 'many'] as const)(
    'leaves a record that a dead one was in to the next opener (%s)',
    (writers) => {
      const { path, last } = storeOf(3)
      dieInRecord(TickStore.open(path, MANY), 1)
      last.close()
      expect(markOf(path)).toBe('taken')
      expect(existsSync(`${path}.journal`)).toBe(true)

      using next = TickStore.open(path, { writers })
      expect(next.recovered).toEqual([{ index: 1, outcome: 'rolled-back' }])
      expect([...next]).toEqual([0, 1, 2].map(tickAt))
    },
  )

  it('sees that too where the file has grown since it looked at it', () => {
    const { path, last } = storeOf(3)
    const other = TickStore.open(path, MANY)
    for (let i = 3; i < 300; i++) other.append(tickAt(i))
    dieInRecord(other, 299)
    last.close()
    using next = TickStore.open(path)
    expect(next.recovered).toEqual([{ index: 299, outcome: 'rolled-back' }])
  })

  it('says that all is well, and takes the journal along, where dead ones have been made good for', () => {
    const { path, last } = storeOf(3)
    dieInRecord(TickStore.open(path, MANY), 1)
    expect(last.get(1)).toEqual(tickAt(1))
    expect(last.recovered).toEqual([{ index: 1, outcome: 'rolled-back' }])
    last.close()
    expect(markOf(path)).toMatch(/^clean 3 /)
    expect(existsSync(`${path}.journal`)).toBe(false)
  })

  it('does so only once the others are gone', () => {
    const { path, last } = storeOf(3)
    const other = TickStore.open(path, MANY)
    last.close()
    expect(markOf(path)).toBe('taken')
    other.close()
    expect(markOf(path)).toMatch(/^clean 3 /)
  })
})
