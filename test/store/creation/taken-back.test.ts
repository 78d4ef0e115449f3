/** A creation that fails after the store has got its name takes the name back, unless somebody has come to it. */
import { mkdirSync, readdirSync, rmdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { TickStore, tickAt } from '../../processes/stores.ts'
import { codeOf } from '../../support/errors.ts'
import { usesOf } from '../../support/refusal.ts'
import { tempPath } from '../../support/temp.ts'

/** What happens once others may come to the store, before the journal is made. */
const meanwhile: { shared?: (() => void) | undefined } = {}

vi.mock('../../../src/os/native-os.ts', async (importOriginal) => {
  const { withCalls } = await import('../../support/native-calls.ts')
  return withCalls(await importOriginal(), (os) => ({
    tryLock: (fd, kind) => {
      const isTaken = os.tryLock(fd, kind)
      if (kind === 'shared') meanwhile.shared?.()
      return isTaken
    },
  }))
})

afterEach(() => {
  delete meanwhile.shared
})

const MANY = { writers: 'many' } as const

/**
 * A path where a store can be made, but not the journal that many writers need.
 *
 * @param first what else happens, once, when others may come to the store
 */
function pathWithoutJournal(first?: () => void): string {
  const path = tempPath()
  meanwhile.shared = () => {
    meanwhile.shared = undefined
    mkdirSync(`${path}.journal.creating`)
    first?.()
  }
  return path
}

it.each(['create', 'openOrCreate'] as const)('where nobody has come (%s)', (how) => {
  const path = pathWithoutJournal()
  expect(codeOf(() => TickStore[how](path, MANY))).toBe('EISDIR')
  expect(readdirSync(dirname(path))).toEqual(['store.mmf.journal.creating'])
  expect(usesOf(dirname(path))).toEqual({ descriptors: 0, mappings: 0 })
  rmdirSync(`${path}.journal.creating`)
  TickStore.create(path, MANY).close()
})

it('where a reader has come and found nothing', () => {
  const readers: InstanceType<typeof TickStore>[] = []
  const path = pathWithoutJournal(() => readers.push(TickStore.open(path, { readOnly: true })))
  expect(codeOf(() => TickStore.create(path, MANY))).toBe('EISDIR')
  expect(readdirSync(dirname(path))).toEqual(['store.mmf.journal.creating'])
  expect(readers.map((reader) => reader.length)).toEqual([0])
  for (const reader of readers) reader.close()
})

it('not where something has been written to it', () => {
  const path = pathWithoutJournal(() => {
    using visitor = TickStore.open(path, { writers: 'unlocked' })
    visitor.append(tickAt(0))
  })
  expect(codeOf(() => TickStore.create(path, MANY))).toBe('EISDIR')
  expect(usesOf(dirname(path))).toEqual({ descriptors: 0, mappings: 0 })
  rmdirSync(`${path}.journal.creating`)
  using store = TickStore.open(path)
  expect([...store]).toEqual([tickAt(0)])
})
