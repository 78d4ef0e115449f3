/** The files that the generator reads and writes: no waiting, no devices, nobody else's, and whole or not at all. */
import { execFileSync } from 'node:child_process'
import { chmodSync, statSync, symlinkSync, truncateSync } from 'node:fs'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { writeGenerated } from '../../src/cli/files.ts'
import { InputError } from '../../src/cli/output-path.ts'
import { errorOf } from '../support/errors.ts'
import { refusal } from '../support/refusal.ts'
import { TICK, Workspace } from './workspace.support.ts'

/** What happens before the call that the mock below stands for. */
const hooks = vi.hoisted(() => ({ beforeRename: (): void => undefined }))

vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs')>()
  return {
    ...original,
    renameSync: (from: string, to: string) => {
      hooks.beforeRename()
      original.renameSync(from, to)
    },
  }
})

beforeEach(() => {
  hooks.beforeRename = () => undefined
})

function put(work: Workspace, name: string, how: 'FIFO' | 'device' | 'huge'): void {
  const path = work.path(name)
  if (how === 'FIFO') execFileSync('mkfifo', [path])
  else if (how === 'device') symlinkSync('/dev/zero', path)
  else {
    work.write(name, '')
    truncateSync(path, 2 ** 40)
  }
}

const REASONS = {
  FIFO: 'this is not a regular file',
  device: 'this is not a regular file',
  huge: 'the file has 1099511627776 bytes, and is read up to 16777216 only',
}

describe.each(['FIFO', 'device', 'huge'] as const)('%s', (how) => {
  it.each(['tick.ts', 'tick.store.ts'])('in place of %s is refused at once', async (name) => {
    const work = new Workspace(name === 'tick.ts' ? {} : { 'tick.ts': TICK })
    put(work, name, how)
    const before = work.files()
    for (const more of [[], ['--check']]) {
      expect(await work.run('generate', 'tick.ts', ...more)).toEqual({
        code: 1,
        stdout: '',
        stderr: `${name}: ${REASONS[how]}\n`,
      })
    }
    expect(work.files()).toEqual(before)
  })
})

describe('a generated file', () => {
  async function generated(): Promise<Workspace> {
    const work = new Workspace({ 'tick.ts': TICK })
    await work.run('generate', 'tick.ts')
    work.write('tick.ts', TICK.replace('price', 'bid'))
    return work
  }

  it('stays as it is, and no other is left, where it can not be written', async () => {
    const work = await generated()
    const old = work.read('tick.store.ts')
    hooks.beforeRename = () => {
      throw Object.assign(new Error('EIO: i/o error, rename'), { code: 'EIO', syscall: 'rename', path: 'p' })
    }
    expect(await work.run('generate', 'tick.ts')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'tick.store.ts: i/o error (EIO)\n',
    })
    hooks.beforeRename = () => {
      throw Object.assign(new Error('ENOSPC: no space left, rename'), { code: 'ENOSPC', syscall: 'rename' })
    }
    const { stderr } = await work.run('generate', 'tick.ts')
    expect(stderr).toBe(
      "tick.store.ts: can't be made or written: the disk is full; free some space and try again\n",
    )
    expect(work.files()).toEqual(['tick.store.ts', 'tick.ts'])
    expect(work.read('tick.store.ts')).toBe(old)
  })

  it('keeps its mode', async () => {
    const work = await generated()
    chmodSync(work.path('tick.store.ts'), 0o604)
    expect((await work.run('generate', 'tick.ts')).code).toBe(0)
    expect(statSync(work.path('tick.store.ts')).mode & 0o777).toBe(0o604)
  })

  it('is none that somebody else has put there since it was looked at', () => {
    const work = new Workspace({ 'tick.store.ts': '// Written by hand\n' })
    const error = errorOf(() => writeGenerated(work.path('tick.store.ts'), 'tick.store.ts', 'text'))
    expect(error).toBeInstanceOf(InputError)
    expect((error as InputError).message).toMatch(
      /^tick\.store\.ts: does not start with .* so it is not overwritten/,
    )
    expect(work.files()).toEqual(['tick.store.ts'])
    expect(work.read('tick.store.ts')).toBe('// Written by hand\n')
  })

  it('does not come about where something fails that is no file', () => {
    const work = new Workspace()
    hooks.beforeRename = () => {
      throw Object.assign(new Error('no file of ours'), { code: 'ERR_OTHER' })
    }
    expect(refusal(work.folder, () => writeGenerated(work.path('a.store.ts'), 'a', '')).code).toBe(
      'ERR_OTHER',
    )
  })
})
