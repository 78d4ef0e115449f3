/** Who may use a store, and the files beside it: as `mode` says, or the umask, or the store that is there. */
import { chmodSync, chownSync, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startProcess } from '../processes/child.ts'
import { TickStore } from '../processes/stores.ts'
import { codeOf } from '../support/errors.ts'
import { tempPath } from '../support/temp.ts'
import { tickFile } from '../support/tick-files.ts'

const MANY = { writers: 'many' } as const
const BESIDE = ['.journal', '.lock', '.schema.json', '.wake']
const [UID, GID, GROUP] = [4001, 4002, 4003]
/** Deno can't become another user. */
const canBeAnother = process.getuid?.() === 0 && typeof process.setgroups === 'function'

const octal = (mode: number): string => (mode & 0o7777).toString(8)

/** The mode of a store, and of each file beside it. */
function modesOf(path: string): Record<string, string> {
  const names = readdirSync(dirname(path)).filter(
    (name) => name.startsWith('store.mmf') && !name.includes('.first'),
  )
  return Object.fromEntries(
    names.map((name) => [name.slice('store.mmf'.length), octal(statSync(`${dirname(path)}/${name}`).mode)]),
  )
}

function expected(mode: number, beside = mode & 0o666): Record<string, string> {
  return { '': octal(mode), ...Object.fromEntries(BESIDE.map((suffix) => [suffix, octal(beside)])) }
}

interface As {
  readonly how?: 'create' | 'open'
  readonly options?: object
  readonly umask?: number
  readonly user?: { readonly uid: number; readonly gid: number; readonly groups: readonly number[] }
}

/** Has a process use a store, and looks at all files while it does. */
async function modesWhile(path: string, as: As): Promise<Record<string, string>> {
  const child = startProcess('as-user.mjs', { how: 'open', options: MANY, path, ...as })
  expect(await child.next()).toHaveProperty('length')
  const modes = modesOf(path)
  child.send('end')
  expect(await child.ended).toBe(0)
  return modes
}

/** The names of files beside a store, without the store. */
function forget(path: string): void {
  for (const suffix of BESIDE) rmSync(path + suffix, { force: true })
}

describe('a new store', () => {
  it.each([0o000, 0o022, 0o027, 0o077])(
    'has what the umask %o leaves, and so has all beside it',
    async (umask) => {
      const modes = await modesWhile(tempPath(), { how: 'create', umask })
      expect(modes).toEqual(expected(0o666 & ~umask))
    },
  )

  it.each([
    [0o600, 0o000],
    [0o640, 0o077],
    [0o660, 0o022],
    [0o666, 0o777],
    [0o604, 0o000],
    [0o777, 0o022],
  ])('has the mode %o, whatever the umask (%o), and so has all beside it', async (mode, umask) => {
    for (const writers of ['one', 'many']) {
      const options = { writers, mode }
      expect(await modesWhile(tempPath(), { how: 'create', umask, options })).toEqual(expected(mode))
    }
  })

  it('has it where it is made by openOrCreate, and keeps its own where it is there', () => {
    const path = tempPath()
    TickStore.openOrCreate(path, { mode: 0o640 }).close()
    expect(modesOf(path)).toEqual({ '': '640', '.lock': '640', '.schema.json': '640' })
    TickStore.openOrCreate(path, { mode: 0o600 }).close()
    expect(modesOf(path)).toEqual({ '': '640', '.lock': '640', '.schema.json': '640' })
  })

  it('has it nowhere in memory', () => {
    TickStore.create(':memory:', { mode: 0o600 }).close()
  })
})

describe('what is made beside a store', () => {
  it.each([0o600, 0o640, 0o644, 0o660, 0o664, 0o604, 0o606])(
    'may be used as the store may, %o, and not as the umask has it',
    async (mode) => {
      for (const umask of [0o000, 0o077]) {
        for (const options of [MANY, {}]) {
          const path = tickFile(1)
          const { '.schema.json': schema } = modesOf(path)
          forget(`${path}`)
          chmodSync(path, mode)
          const { '.schema.json': none, ...modes } = { ...expected(mode), '.schema.json': schema }
          expect(none).toBe(schema)
          expect(await modesWhile(path, { umask, options })).toEqual(modes)
        }
      }
    },
  )

  it('while the store is open goes by the mode that it has then', () => {
    const path = tickFile(1)
    forget(path)
    using store = TickStore.open(path)
    chmodSync(path, 0o600)
    store.setSymbol(0, 'A')
    expect(octal(statSync(`${path}.journal`).mode)).toBe('600')
  })

  it('is left to another file that has taken the store’s name', () => {
    const path = tickFile(1)
    using store = TickStore.open(path)
    rmSync(path)
    tickFile(1, { path: `${path}.other` })
    chmodSync(`${path}.other`, 0o666)
    renameSync(`${path}.other`, path)
    expect(codeOf(() => store.setSymbol(0, 'A'))).toBe('ERR_REPLACED')
    expect(existsSync(`${path}.journal`)).toBe(false)
  })
})

describe.runIf(canBeAnother)('of another user’s store', () => {
  const member = { uid: UID, gid: GID, groups: [GROUP] }
  const stranger = { uid: UID, gid: GID, groups: [] }

  function storeOf(uid: number, gid: number, mode: number): string {
    const path = tickFile(1)
    forget(path)
    chmodSync(dirname(path), 0o777)
    chmodSync(path, mode)
    chownSync(path, uid, gid)
    return path
  }

  const ownersOf = (path: string): Record<string, string> =>
    Object.fromEntries(
      ['.lock', '.wake', '.journal'].map((suffix) => {
        const { uid, gid, mode } = statSync(path + suffix)
        return [suffix, `${uid}:${gid} ${octal(mode)}`]
      }),
    )
  const all = (what: string) => ({ '.lock': what, '.wake': what, '.journal': what })

  it('all is the same user’s, where the superuser opens it', () => {
    const path = storeOf(UID, GID, 0o640)
    using store = TickStore.open(path, MANY)
    store.append()
    expect(ownersOf(path)).toEqual(all(`${UID}:${GID} 640`))
  })

  it.each([
    ['is the group’s, where one of its members opens it', 0, GROUP, 0o660, member, `${UID}:${GROUP} 660`],
    ['is for no other group, where its owner is not of it', UID, GROUP, 0o640, stranger, `${UID}:${GID} 600`],
    ['is for everybody, where the store is', UID, GROUP, 0o666, stranger, `${UID}:${GID} 666`],
    ['is not for a group that may do less than others', UID, GROUP, 0o604, stranger, `${UID}:${GID} 600`],
  ])('what is beside it %s', async (_, uid, gid, mode, user, owners) => {
    const path = storeOf(uid, gid, mode)
    const child = startProcess('as-user.mjs', { how: 'open', options: MANY, path, user })
    expect(await child.next()).toEqual({ length: 2 })
    expect(ownersOf(path)).toEqual(all(owners))
    child.send('end')
    expect(await child.ended).toBe(0)
  })

  it('a reader makes nothing that others can write to', async () => {
    const path = storeOf(0, GROUP, 0o640)
    const options = { readOnly: true }
    const child = startProcess('as-user.mjs', { how: 'open', options, path, user: member })
    expect(await child.next()).toEqual({ length: 1 })
    expect(statSync(`${path}.wake`)).toMatchObject({ uid: UID, gid: GROUP })
    expect(modesOf(path)).toMatchObject({ '': '640', '.wake': '640' })
    child.send('end')
    expect(await child.ended).toBe(0)
  })
})
