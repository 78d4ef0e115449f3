/** Creation where the name is taken at the last moment, or where the file system has no hard links. */
import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { TickStore } from '../../processes/stores.ts'
import { codeOf, errorOf, forgeErrorOf } from '../../support/errors.ts'
import { refusal, usesOf } from '../../support/refusal.ts'
import { tempPath } from '../../support/temp.ts'

/** What happens before the calls that the mocks below stand for. */
const hooks = vi.hoisted(() => ({
  beforeLock: (_path: string): void => undefined,
  beforeLink: (_from: string, _to: string): void => undefined,
}))

vi.mock('../../../src/writers/writer-lock.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../../src/writers/writer-lock.ts')>()
  return {
    ...original,
    takeWriterLock: (...given: Parameters<typeof original.takeWriterLock>) => {
      hooks.beforeLock(given[0])
      return original.takeWriterLock(...given)
    },
  }
})

vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs')>()
  return {
    ...original,
    linkSync: (from: string, to: string) => {
      hooks.beforeLink(from, to)
      original.linkSync(from, to)
    },
  }
})

beforeEach(() => {
  hooks.beforeLock = () => undefined
  hooks.beforeLink = () => undefined
})

/** Runs a hook once, and not within itself. */
function once<A extends unknown[]>(hook: (...args: A) => void): (...args: A) => void {
  let isDone = false
  return (...args) => {
    if (isDone) return
    isDone = true
    hook(...args)
  }
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made up`), { code })
}

const stateOf = (path: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(dirname(path))
      .filter((name) => !name.endsWith('.lock'))
      .sort()
      .map((name) => [name, readFileSync(`${dirname(path)}/${name}`, 'latin1')]),
  )

it('a store that another process created meanwhile stays whole, its sidecar included', () => {
  const path = tempPath()
  let before: Record<string, string> = {}
  hooks.beforeLock = once(() => {
    TickStore.create(path).close()
    before = stateOf(path)
  })
  expect(codeOf(() => TickStore.create(path))).toBe('EEXIST')
  expect(Object.keys(before)).toEqual(['store.mmf', 'store.mmf.schema.json'])
  expect(stateOf(path)).toEqual(before)
  TickStore.open(path).close()
})

it('openOrCreate opens the store that another process created meanwhile', () => {
  const path = tempPath()
  hooks.beforeLock = once(() => {
    using other = TickStore.create(path)
    other.append()
  })
  using store = TickStore.openOrCreate(path)
  expect(store.length).toBe(1)
  expect(existsSync(`${path}.schema.json`)).toBe(true)
})

it('a store that takes the place of another before that is locked is the one that opens', () => {
  const path = tempPath()
  TickStore.create(path).close()
  hooks.beforeLock = once(() => {
    renameSync(path, `${path}.old`)
    using other = TickStore.create(path)
    other.append()
  })
  {
    using store = TickStore.open(path)
    expect(store.length).toBe(1)
    store.setPrice(0, 7)
  }
  using reader = TickStore.open(path, { readOnly: true })
  expect(reader.getPrice(0)).toBe(7)
  reader.close()
  expect(usesOf(dirname(path))).toEqual({ descriptors: 0, mappings: 0 })
})

it.each([0, 30])(
  'a store that is replaced before it is locked, each time, is given up after %d ms, and nothing is held',
  (stallTimeoutMs) => {
    const path = tempPath()
    TickStore.create(path).close()
    let replacements = 0
    hooks.beforeLock = () => {
      // Whole files, as a program leaves them that renames new ones into place.
      copyFileSync(path, `${path}.new`)
      renameSync(`${path}.new`, path)
      replacements++
    }
    const began = performance.now()
    for (const writers of ['one', 'many'] as const) {
      const error = forgeErrorOf(() => TickStore.open(path, { writers, stallTimeoutMs }))
      expect(error).toMatchObject({ code: 'ERR_REPLACED', path })
      expect(error.message).toContain('another file took its place each time')
      expect(usesOf(dirname(path))).toEqual({ descriptors: 0, mappings: 0 })
    }
    expect(performance.now() - began).toBeGreaterThanOrEqual(2 * stallTimeoutMs)
    // Not at the first: one that is unlucky once may be lucky the next time.
    expect(replacements).toBeGreaterThan(100)
  },
)

it.each([0, 30])(
  'openOrCreate gives up after %d ms where something stands that goes whenever it is opened',
  (stallTimeoutMs) => {
    const path = tempPath()
    hooks.beforeLock = (locked) => {
      // Creating finds it there, opening does not.
      if (!existsSync(path)) writeFileSync(path, locked)
    }
    hooks.beforeLink = (from, to) => {
      if (from !== to) return
      rmSync(path)
      throw systemError('EEXIST')
    }
    const error = refusal(dirname(path), () => TickStore.openOrCreate(path, { stallTimeoutMs }))
    expect(error).toMatchObject({ code: 'ERR_REPLACED', path, cause: { code: 'EEXIST' } })
    expect((error as Error).message).toMatch(/nothing is there when it is opened \(ENOENT.*something.*EEXIST/)
  },
)

it('openOrCreate of a file that has been removed says so, under whatever name it is reached', () => {
  const path = tempPath()
  TickStore.create(path).close()
  const fd = openSync(path, 'r+')
  onTestFinished(() => closeSync(fd))
  rmSync(path)
  const name = `/proc/self/fd/${fd}`
  const error = errorOf(() => TickStore.openOrCreate(name, { stallTimeoutMs: 10 }))
  expect(error).toMatchObject({ code: 'ERR_REPLACED', path: name })
})

it('a store that goes before it is locked is not there', () => {
  const path = tempPath()
  TickStore.create(path).close()
  for (const suffix of ['.lock', '.schema.json']) rmSync(path + suffix)
  hooks.beforeLock = once(() => rmSync(path))
  expect(codeOf(() => TickStore.open(path))).toBe('ENOENT')
  expect(readdirSync(dirname(path))).toEqual([])
})

it('a file that somebody without a lock makes at the last moment is not overwritten', () => {
  const path = tempPath()
  hooks.beforeLink = once(() => writeFileSync(path, 'theirs'))
  expect(codeOf(() => TickStore.create(path))).toBe('EEXIST')
  expect(stateOf(path)).toEqual({ 'store.mmf': 'theirs' })
  expect(usesOf(dirname(path))).toEqual({ descriptors: 0, mappings: 0 })
})

it.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])(
  'where hard links are %s, the file gets its name otherwise',
  (code) => {
    const path = tempPath()
    hooks.beforeLink = (from, to) => {
      if (from !== to) throw systemError(code)
    }
    {
      using store = TickStore.create(path)
      expect(store.append()).toBe(0)
    }
    expect(Object.keys(stateOf(path))).toEqual(['store.mmf', 'store.mmf.schema.json', 'store.mmf.wake'])
    using store = TickStore.open(path)
    expect(store.length).toBe(1)
  },
)

it('without hard links, too, a file made at the last moment is not overwritten', () => {
  const path = tempPath()
  hooks.beforeLink = (from, to) => {
    if (from === to) return
    writeFileSync(path, 'theirs')
    throw systemError('EPERM')
  }
  expect(codeOf(() => TickStore.create(path))).toBe('EEXIST')
  expect(stateOf(path)).toEqual({ 'store.mmf': 'theirs' })
})

it('any other failure to give the name leaves nothing behind', () => {
  const path = tempPath()
  hooks.beforeLink = () => {
    throw systemError('EIO')
  }
  for (const how of ['create', 'openOrCreate'] as const) {
    expect(refusal(dirname(path), () => TickStore[how](path)).code).toBe('EIO')
  }
  expect(readdirSync(dirname(path))).toEqual([])
})
