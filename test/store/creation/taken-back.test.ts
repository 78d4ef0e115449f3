/** A creation that fails after the store has got its name takes the name back, unless somebody has come to it. */
import { mkdirSync, readdirSync, rmdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { TickStore, tickAt } from '../../processes/stores.ts'
import { codeOf } from '../../support/errors.ts'
import { refusal, usesOf } from '../../support/refusal.ts'
import { tempPath } from '../../support/temp.ts'

/** What happens once others may come to the store. */
const meanwhile: { shared?: () => void } = {}

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

/** A path where a store can be made, but not the journal that many writers need. */
function pathWithoutJournal(): string {
  const path = tempPath()
  mkdirSync(`${path}.journal.creating`)
  // Deno removes a folder in which there is nothing.
  mkdirSync(`${path}.journal.creating/something`)
  return path
}

it('where nobody has come', () => {
  const path = pathWithoutJournal()
  for (const how of ['create', 'openOrCreate'] as const) {
    refusal(dirname(path), () => TickStore[how](path, MANY))
    expect(readdirSync(dirname(path))).toEqual(['store.mmf.journal.creating'])
  }
  rmdirSync(`${path}.journal.creating/something`)
  rmdirSync(`${path}.journal.creating`)
  TickStore.create(path, MANY).close()
})

it('where a reader has come and found nothing', () => {
  const path = pathWithoutJournal()
  const readers: InstanceType<typeof TickStore>[] = []
  meanwhile.shared = () => readers.push(TickStore.open(path, { readOnly: true }))
  codeOf(() => TickStore.create(path, MANY))
  expect(readdirSync(dirname(path))).toEqual(['store.mmf.journal.creating'])
  expect(readers.map((reader) => reader.length)).toEqual([0])
  for (const reader of readers) reader.close()
})

it('not where something has been written to it', () => {
  const path = pathWithoutJournal()
  meanwhile.shared = () => {
    delete meanwhile.shared
    using visitor = TickStore.open(path, { writers: 'unlocked' })
    visitor.append(tickAt(0))
  }
  codeOf(() => TickStore.create(path, MANY))
  expect(usesOf(dirname(path))).toEqual({ descriptors: 0, mappings: 0 })
  using store = TickStore.open(path)
  expect([...store]).toEqual([tickAt(0)])
})
