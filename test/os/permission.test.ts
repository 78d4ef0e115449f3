/** Node.js with `--permission`: addons and files are granted, and calls by descriptor refused all the same. */
import { chmodSync, chownSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startProcess } from '../processes/child.ts'
import { TickStore } from '../processes/stores.ts'
import { ROOT } from '../support/project.ts'
import { tempFolder } from '../support/temp.ts'

const [major] = process.versions.node.split('.').map(Number)
/** Before version 22 there was no way to grant addons. */
const hasPermissions = process.allowedNodeEnvironmentFlags.has('--permission') && (major as number) >= 22
const ALLOW = ['--no-warnings', '--permission', '--allow-addons']
/** The package, and what it stands on: node_modules may be a link. */
const CODE = [ROOT, realpathSync(join(ROOT, 'node_modules'))]

const reads = (...paths: string[]): string[] => paths.map((path) => `--allow-fs-read=${path}`)
const writes = (...paths: string[]): string[] => paths.map((path) => `--allow-fs-write=${path}`)
const start = (what: string, folder: string, flags: readonly string[]) =>
  startProcess('./permission.mjs', { what, folder }, [...ALLOW, ...flags])

describe.runIf(hasPermissions)('a program with --permission', () => {
  it.each([
    ['all files', () => [...reads('*'), ...writes('*')]],
    ['the package and one folder', (folder: string) => [...reads(...CODE, folder), ...writes(folder)]],
  ])('can do everything where it is granted %s', async (_, flags) => {
    const folder = tempFolder()
    expect(await start('everything', folder, flags(folder)).next()).toEqual({ everything: 'passed' })
  })

  it('can read, and wait, where it is not granted to write', async () => {
    const folder = tempFolder()
    using store = TickStore.create(join(folder, 'ticks.mmf'))
    store.append({ symbol: '', price: 7, volume: 0, timestamp: 0n })
    const message = await start('read', folder, reads(...CODE, folder)).next()
    expect(message).toEqual({ prices: 7, waited: 'ERR_TIMEOUT' })
  })

  it('makes files for those whom it says, which Node.js refuses by descriptor', async () => {
    const folder = tempFolder()
    const path = join(folder, 'theirs.mmf')
    TickStore.create(path).close()
    rmSync(`${path}.lock`)
    chmodSync(path, 0o640)
    // Only the superuser may give a file away.
    const owner = process.getuid?.() === 0 ? [4001, 4002] : [process.getuid?.(), process.getgid?.()]
    chownSync(path, owner[0] as number, owner[1] as number)
    const message = await start('mode', folder, [...reads('*'), ...writes('*')]).next()
    expect(message).toEqual({ modes: [0o606, 0o606], lock: [...owner, 0o640] })
  })

  it('hears of a sync that fails, and why', async () => {
    const folder = tempFolder()
    writeFileSync(join(folder, 'file'), 'x')
    const message = await start('sync', folder, [...reads('*'), ...writes('*')]).next()
    expect(message).toEqual({ good: ['passed', 'passed', 'passed'], bad: ['EINVAL', 'EINVAL', 'EINVAL'] })
  })
})
