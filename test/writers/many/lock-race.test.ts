/** Openers and creators of one store at the same moment: each step of one falls where another least expects it. */
import { rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import type { LockKind } from '../../../src/os/os.ts'
import { takeWriterLock } from '../../../src/writers/writer-lock.ts'
import { TickStore } from '../../processes/stores.ts'
import { codeOf, forgeErrorOf } from '../../support/errors.ts'
import { usesOf } from '../../support/refusal.ts'
import { tempPath } from '../../support/temp.ts'
import { locksOf, MANY, newStore } from './support.ts'

/** What else happens right before a lock is asked for, right after, and while a new file is synced. */
const meanwhile: {
  before?: (kind: LockKind, unlock: () => void) => void
  after?: (kind: LockKind, isTaken: boolean) => void
  syncing?: () => void
} = {}

vi.mock('../../../src/os/native-os.ts', async (importOriginal) => {
  const { withCalls } = await import('../../support/native-calls.ts')
  return withCalls(await importOriginal(), (os) => ({
    tryLock: (fd, kind) => {
      meanwhile.before?.(kind, () => os.unlock(fd))
      const isTaken = os.tryLock(fd, kind)
      meanwhile.after?.(kind, isTaken)
      return isTaken
    },
    syncFile: (fd) => {
      meanwhile.syncing?.()
      os.syncFile(fd)
    },
  }))
})

afterEach(() => {
  for (const each of ['before', 'after', 'syncing'] as const) delete meanwhile[each]
})

const HASTY = { ...MANY, stallTimeoutMs: 0 } as const

/** Does something once, after a lock of a kind was asked for with this result. */
function onceAfter(kind: LockKind, isTaken: boolean, then: () => void): void {
  meanwhile.after = (asked, was) => {
    if (asked !== kind || was !== isTaken) return
    delete meanwhile.after
    then()
  }
}

it.each([0, 30])(
  'an opener whose lock file goes each time gives up after %d ms, and says so',
  (stallTimeoutMs) => {
    const path = newStore()
    let locked = 0
    meanwhile.after = (_, isTaken) => {
      if (isTaken) locked++
      rmSync(`${path}.lock`, { force: true })
    }
    const error = forgeErrorOf(() => TickStore.open(path, { ...MANY, stallTimeoutMs }))
    expect(error).toMatchObject({ code: 'ERR_LOCKED', path })
    expect(error.message).toContain(`what removes ${path}.lock`)
    // One that is unlucky once may be lucky the next time, whatever its patience.
    expect(locked).toBeGreaterThan(50)
    expect(usesOf(dirname(path))).toEqual({ descriptors: 0, mappings: 0 })
  },
)

it('an opener that finds the creator at work, and then done, comes in', () => {
  const path = newStore()
  const creator = locksOf(path)
  creator.lock('exclusive')
  creator.tryBeginSetup()
  onceAfter('shared', false, () => {
    creator.lock('shared')
    creator.endSetup()
  })
  TickStore.open(path, HASTY).close()
  expect(meanwhile.after).toBe(undefined)
})

it('an opener that finds one writer, and then none, comes in', () => {
  const path = newStore()
  const one = locksOf(path)
  one.lock('exclusive')
  onceAfter('shared', false, () => one.close())
  TickStore.open(path, HASTY).close()
})

it('a creator whose setup another has for a moment waits for it, so that others wait for the creator', () => {
  const path = tempPath()
  writeFileSync(`${path}.lock`, '')
  const late = locksOf(path)
  const other = locksOf(path)
  late.tryBeginSetup()
  // It comes too late for the lock, and lets go.
  onceAfter('exclusive', true, () => late.close())
  let syncs = 0
  meanwhile.syncing = () => {
    if (syncs++ === 0) expect(other.tryBeginSetup()).toBe(false)
  }
  TickStore.create(path, MANY).close()
  expect(syncs).toBeGreaterThan(0)
})

it('a creator does not wait for ever for another that has the setup', () => {
  const path = tempPath()
  writeFileSync(`${path}.lock`, '')
  const { tryBeginSetup, endSetup } = locksOf(path)
  tryBeginSetup()
  TickStore.create(path, { ...HASTY, writers: 'one' }).close()
  // Many writers need it, and say so.
  expect(codeOf(() => TickStore.open(path, HASTY))).toBe('ERR_LOCKED')
  endSetup()
  TickStore.open(path, HASTY).close()
})

it('two creators do not wait for each other', () => {
  const path = tempPath()
  const patient = { ...MANY, stallTimeoutMs: 30_000 }
  const began = performance.now()
  meanwhile.before = (kind, unlock) => {
    if (kind !== 'shared') return
    delete meanwhile.before
    // While the first changes its lock, the second has it, and lacks the setup. It will find that the name is taken.
    unlock()
    const { stallTimeoutMs: timeoutMs } = patient
    const second = takeWriterLock(path, { kind: 'exclusive', isCreating: true, timeoutMs })
    onceAfter('shared', false, () => second.release())
  }
  TickStore.create(path, patient).close()
  expect(meanwhile.after).toBe(undefined)
  expect(performance.now() - began).toBeLessThan(20_000)
})

it('a creator that another comes before while it lets others in waits for that one', () => {
  const path = tempPath()
  let visits = 0
  meanwhile.before = (kind, unlock) => {
    if (kind !== 'shared') return
    delete meanwhile.before
    // The kernel lets go of one kind of lock before it takes the other.
    const visitor = locksOf(path)
    unlock()
    expect(visitor.lock('exclusive')).toBe(true)
    onceAfter('shared', false, () => visitor.close())
    visits++
  }
  using store = TickStore.create(path, MANY)
  expect(visits).toBe(1)
  using other = TickStore.open(path, HASTY)
  expect([store.append(), other.append()]).toEqual([0, 1])
})
