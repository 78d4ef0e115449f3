/** Files beside the store that are none of ours: refused at once by whoever would use them, and never changed. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { TickStore } from '../processes/stores.ts'
import { folderState } from '../support/folder-state.ts'
import { INTRUDERS } from '../support/intruders.ts'
import { refusal } from '../support/refusal.ts'
import { tempPath } from '../support/temp.ts'
import { TICK, tickFile } from '../support/tick-files.ts'

const OPENERS: Readonly<Record<string, (path: string) => InstanceType<typeof TickStore>>> = {
  one: (path) => TickStore.open(path),
  'one without a journal': (path) => TickStore.open(path, { journal: false }),
  many: (path) => TickStore.open(path, { writers: 'many' }),
  unlocked: (path) => TickStore.openOrCreate(path, { writers: 'unlocked' }),
  reader: (path) => TickStore.open(path, { readOnly: true }),
}
const CREATORS: typeof OPENERS = {
  one: (path) => TickStore.create(path),
  many: (path) => TickStore.openOrCreate(path, { writers: 'many' }),
  unlocked: (path) => TickStore.create(path, { writers: 'unlocked' }),
}
const ALL = Object.keys(OPENERS)
const LOCKING = ['one', 'one without a journal', 'many']

/** Who uses which file when it opens the store. */
const USERS: Readonly<Record<string, readonly string[]>> = {
  '.lock': LOCKING,
  '.journal': LOCKING,
  '.wake': ALL,
  '.schema.json': ALL,
  '.journal.creating': LOCKING,
}
/** What creators use, or make. */
const MADE = ['.lock', '.journal', '.wake', '.schema.json', '.creating', '.schema.json.creating']

/** Contents that other programs give to files of such names. */
const CONTENTS: Readonly<Record<string, string | Uint8Array>> = {
  'text, as of a key': 'ssh-ed25519 AAAA my only key\n',
  'the number of a process': '12345\n',
  'a schema of JSON': '{\n  "$schema": "https://json-schema.org/draft/2020-12/schema"\n}\n',
  bytes: Uint8Array.from({ length: 5000 }, (_, i) => i * 7 + 1),
  'a beginning of ours, and more': 'clean up the room\n',
  'one of ours, and more': `${'clean 5'.padEnd(255)}\n\n`,
  'zeros, and then something, as an image of a disk': Buffer.concat([
    new Uint8Array(5000),
    Buffer.from('theirs'),
  ]),
}

interface Foreign {
  readonly put: (path: string) => void
  readonly codes: RegExp
}

const FOREIGN: Readonly<Record<string, Foreign>> = {
  ...Object.fromEntries(
    Object.entries(INTRUDERS).map(([name, put]) => [name, { put, codes: /^ERR_(TYPE_MISMATCH|BAD_MAGIC)$/ }]),
  ),
  ...Object.fromEntries(
    Object.entries(CONTENTS).map(([name, content]) => [
      name,
      // A schema file is read whole, and what is wrong with it is told.
      { put: (path: string) => writeFileSync(path, content), codes: /^ERR_(BAD_MAGIC|CORRUPTED)$/ },
    ]),
  ),
}

/** Puts something in the place of a sidecar. */
function replace(path: string, put: (path: string) => void): void {
  rmSync(path, { force: true })
  put(path)
}

describe.each(Object.entries(FOREIGN))('%s', (_, { put, codes }) => {
  describe.each(Object.entries(USERS))('in place of %s', (suffix, users) => {
    it.each(users)('is refused by an opener: %s', (user) => {
      const path = tickFile(2)
      const kept = suffix === '.lock' || suffix === '.schema.json' ? readFileSync(path + suffix) : undefined
      replace(path + suffix, put)
      const error = refusal(dirname(path), () => OPENERS[user]?.(path))
      expect(error.code).toMatch(codes)
      expect(error).toMatchObject({ path: path + suffix })
      rmSync(path + suffix)
      if (kept !== undefined) writeFileSync(path + suffix, kept)
      using store = OPENERS[user]?.(path)
      expect(store?.get(1)).toEqual(TICK)
    })

    it.each(ALL.filter((each) => !users.includes(each)))(
      'is left alone by who does not use it: %s',
      (user) => {
        const path = tickFile(2)
        replace(path + suffix, put)
        const stateOf = () =>
          Object.entries(folderState(dirname(path))).filter(([name]) => name.startsWith(`store.mmf${suffix}`))
        const before = stateOf()
        {
          using store = OPENERS[user]?.(path)
          expect(store?.get(1)).toEqual(TICK)
          if (store?.readOnly === false) store.setPrice(1, 3)
        }
        expect(stateOf()).toEqual(before)
      },
    )
  })

  it.each(MADE.flatMap((suffix) => Object.keys(CREATORS).map((creator) => [suffix, creator] as const)))(
    'in place of %s is refused by a creator: %s',
    (suffix, creator) => {
      const path = tempPath()
      put(path + suffix)
      const error = refusal(dirname(path), () => CREATORS[creator]?.(path))
      expect(error.code).toMatch(codes)
      expect(error).toMatchObject({ path: path + suffix })
      rmSync(path + suffix)
      CREATORS[creator]?.(path).close()
      expect(readdirSync(dirname(path))).toContain('store.mmf')
    },
  )

  it('in place of a journal is refused by the write that needs one, which has not begun', () => {
    const path = tickFile(2)
    for (const suffix of ['.journal', '.journal.creating']) {
      using store = TickStore.open(path)
      put(path + suffix)
      const before = readFileSync(path)
      const write = () => store.set(1, { ...TICK, symbol: 'NEW' })
      expect(write).toThrow(
        expect.objectContaining({ code: expect.stringMatching(codes), path: path + suffix }),
      )
      expect(readFileSync(path)).toEqual(before)
      rmSync(path + suffix)
      write()
      expect(store.get(1).symbol).toBe('NEW')
    }
  })
})

describe('what is ours', () => {
  it.each([
    ['.lock', ''],
    ['.lock', 'taken'],
    ['.lock', 'taken 5 66 12 4160 3ff0b5a0-5bd3-4f4e-9d5c-1f6f2c8f9a44 17956157144\n'],
    ['.lock', `${'clean 5'.padEnd(255)}\n`],
    ['.lock', new Uint8Array(200)],
    ['.journal', ''],
    ['.journal', 'MM'],
    ['.journal', 'MMFJ\x01\0\0\0of another store'],
    ['.journal', new Uint8Array(4096)],
    ['.wake', ''],
    ['.wake', 'MMFW\x02'],
    ['.creating', 'MMFG'],
    ['.creating', new Uint8Array(3_000_000)],
    ['.wake', new Uint8Array(4096)],
    ['.lock', new Uint8Array(200)],
    ['.schema.json.creating', '{\n  "sidecarVersion": 1,\n'],
    ['.schema.json', '{ "sidecarVersion": 1 }'],
  ])('%s, left as %j, is no obstacle to a creator, nor to an opener', (suffix, content) => {
    const path = tempPath()
    writeFileSync(path + suffix, content)
    TickStore.create(path).close()
    expect(readdirSync(dirname(path)).filter((name) => name.endsWith('.creating'))).toEqual([])
    if (suffix !== '.schema.json') writeFileSync(path + suffix, content)
    for (const [user, open] of Object.entries(OPENERS)) {
      using store = open(path)
      expect(store.length, user).toBe(0)
    }
  })
})
