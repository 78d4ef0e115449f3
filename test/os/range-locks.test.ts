/** Locks on ranges of bytes: whom they exclude, and when the kernel releases them. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, statSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { nativeOs } from '../../src/os/native-os.ts'
import { BESIDE, startProcess, startWorker } from '../processes/child.ts'
import { tempFiles } from '../region/support.ts'
import { errorOf } from '../support/errors.ts'

const newFile = tempFiles()
const os = nativeOs('test')
const FAR = 2 ** 40

/** A file that is open twice, as by two writers. */
function openTwice(): { path: string; a: number; b: number } {
  const path = newFile()
  const [a, b] = [openSync(path, 'r+'), openSync(path, 'r+')]
  onTestFinished(() => {
    for (const fd of [a, b]) {
      try {
        closeSync(fd)
      } catch {
        // Closed by the test.
      }
    }
  })
  return { path, a, b }
}

describe('a lock on a range', () => {
  it.each([0, FAR])('excludes those that overlap it, from byte %d', (start) => {
    const { path, a, b } = openTwice()
    expect(os.tryLockRange(a, start + 10, 10)).toBe(true)
    for (const [from, length] of [
      [10, 10],
      [10, 1],
      [19, 1],
      [0, 11],
      [19, 100],
      [0, 100],
    ] as const) {
      expect(os.tryLockRange(b, start + from, length), `${from}, ${length}`).toBe(false)
    }
    for (const [from, length] of [
      [0, 10],
      [20, 1],
      [30, 100],
    ] as const) {
      expect(os.tryLockRange(b, start + from, length), `${from}, ${length}`).toBe(true)
    }
    // The file need not have the bytes, and gets none.
    expect(statSync(path).size).toBe(0)
  })

  it('may be taken again, in part, and as part of more', () => {
    const { a, b } = openTwice()
    expect(os.tryLockRange(a, FAR, 10)).toBe(true)
    expect(os.tryLockRange(a, FAR, 10)).toBe(true)
    expect(os.tryLockRange(a, FAR + 5, 1)).toBe(true)
    expect(os.tryLockRange(a, FAR, 20)).toBe(true)
    expect(os.tryLockRange(b, FAR + 15, 1)).toBe(false)
    // One release undoes them all: they don't add up.
    os.unlockRange(a, FAR, 20)
    expect(os.tryLockRange(b, FAR, 20)).toBe(true)
  })

  it('is released in part', () => {
    const { a, b } = openTwice()
    os.tryLockRange(a, FAR, 1024)
    os.unlockRange(a, FAR + 1, 1023)
    os.unlockRange(a, FAR + 1, 1023)
    expect(os.tryLockRange(b, FAR, 1)).toBe(false)
    expect(os.tryLockRange(b, FAR + 1, 1023)).toBe(true)
    // All or nothing: what is refused takes no part of it.
    os.unlockRange(b, FAR + 1, 1)
    expect(os.tryLockRange(b, FAR, 2)).toBe(false)
    expect(os.tryLockRange(a, FAR + 1, 1)).toBe(true)
  })

  it('is released when its descriptor is closed, and no other', () => {
    const { path, a, b } = openTwice()
    os.tryLockRange(a, FAR, 1)
    // A lock of the process would be gone now.
    closeSync(openSync(path, 'r+'))
    expect(os.tryLockRange(b, FAR, 1)).toBe(false)
    closeSync(a)
    expect(os.tryLockRange(b, FAR, 1)).toBe(true)
  })

  it('neither excludes nor heeds the lock on the file', () => {
    const { a, b } = openTwice()
    expect(os.tryLock(a, 'exclusive')).toBe(true)
    expect(os.tryLockRange(b, FAR, 10)).toBe(true)
    expect(os.tryLockRange(a, FAR, 10)).toBe(false)
    os.unlock(a)
    expect(os.tryLockRange(a, FAR, 10)).toBe(false)
    expect(os.tryLock(b, 'exclusive')).toBe(true)
    os.unlockRange(b, FAR, 10)
    expect(os.tryLock(a, 'shared')).toBe(false)
    expect(os.tryLockRange(a, FAR, 10)).toBe(true)
  })

  it('that is shared excludes exclusive ones only, and becomes one without a gap', () => {
    const { path, a, b } = openTwice()
    const c = openSync(path, 'r')
    onTestFinished(() => closeSync(c))
    expect(os.tryLockRange(a, FAR, 10)).toBe(true)
    expect(os.tryLockRange(b, FAR, 1, 'shared')).toBe(false)
    expect(os.tryLockRange(a, FAR, 1, 'shared')).toBe(true)
    expect(os.tryLockRange(b, FAR, 1, 'shared')).toBe(true)
    // For a shared one it is enough that the descriptor may read.
    expect(os.tryLockRange(c, FAR, 1, 'shared')).toBe(true)
    expect(os.tryLockRange(b, FAR, 2, 'shared')).toBe(false)
    expect(os.tryLockRange(a, FAR, 1)).toBe(false)
    // What is refused leaves the lock as it was.
    os.unlockRange(b, FAR, 1)
    os.unlockRange(c, FAR, 1)
    expect(os.tryLockRange(b, FAR, 1)).toBe(false)
    expect(os.tryLockRange(a, FAR, 1)).toBe(true)
  })

  it('can be asked for, by who holds no part of it', () => {
    const { a, b } = openTwice()
    os.tryLockRange(a, FAR + 10, 10)
    os.tryLockRange(a, FAR + 30, 1, 'shared')
    for (const [from, length, isLocked] of [
      [0, 10, false],
      [0, 11, true],
      [19, 1, true],
      [20, 10, false],
      [20, 11, true],
      [31, 1000, false],
      [0, 1000, true],
    ] as const) {
      expect(os.isRangeLocked(b, FAR + from, length), `${from}, ${length}`).toBe(isLocked)
      expect(os.isRangeLocked(a, FAR + from, length), `${from}, ${length}`).toBe(false)
    }
    // None was taken by asking.
    expect(os.tryLockRange(a, FAR, 1000)).toBe(true)
  })

  it('fails with the error that the kernel gave', () => {
    const path = newFile()
    const readable = openSync(path, 'r')
    onTestFinished(() => closeSync(readable))
    expect(errorOf(() => os.tryLockRange(-1, 0, 1))).toMatchObject({ code: 'EBADF', syscall: 'fcntl' })
    expect(errorOf(() => os.unlockRange(-1, 0, 1))).toMatchObject({ code: 'EBADF', syscall: 'fcntl' })
    expect(errorOf(() => os.isRangeLocked(-1, 0, 1))).toMatchObject({ code: 'EBADF', syscall: 'fcntl' })
    // An exclusive one takes a descriptor that may write.
    expect(errorOf(() => os.tryLockRange(readable, 0, 1))).toMatchObject({ code: 'EBADF' })
    expect(errorOf(() => os.tryLockRange(readable, -1, 1))).toMatchObject({ code: 'EINVAL' })
  })

  it('is not passed on to a process that its holder starts', async () => {
    const { a, b } = openTwice()
    os.tryLockRange(a, FAR, 1)
    const sleeper = spawn('sleep', ['60'], { stdio: 'ignore' })
    onTestFinished(() => void sleeper.kill())
    await once(sleeper, 'spawn')
    closeSync(a)
    // A runtime may say that it has started before the new process has let go of what it was forked with.
    await expect.poll(() => os.tryLockRange(b, FAR, 1), { interval: 1, timeout: 20_000 }).toBe(true)
  })
})

describe.each(BESIDE)('a lock on a range, of another %s,', (_where, start) => {
  it('excludes this one, and the other way round, byte by byte', async () => {
    const { path, a } = openTwice()
    const other = start('range-lock.mjs', { path })
    await other.next()
    const ask = async (command: string): Promise<unknown> => {
      other.send(command)
      return (await other.next())['isTaken']
    }
    expect(await ask(`lock ${FAR} 2`)).toBe(true)
    expect(os.tryLockRange(a, FAR + 1, 1)).toBe(false)
    expect(os.tryLockRange(a, FAR + 2, 1)).toBe(true)
    expect(await ask(`lock ${FAR + 2} 1`)).toBe(false)
    await ask(`unlock ${FAR + 1} 1`)
    expect(os.tryLockRange(a, FAR + 1, 1)).toBe(true)
    expect(await ask(`lock ${FAR + 1} 1`)).toBe(false)
    expect(os.tryLockRange(a, FAR, 1)).toBe(false)
    await ask('close')
    expect(os.tryLockRange(a, FAR, 1)).toBe(true)
    await other.ended
  })
})

describe('the holder of a lock on a range', () => {
  const hold = async (start: typeof startProcess | typeof startWorker, path: string) => {
    const holder = start('range-lock.mjs', { path })
    await holder.next()
    holder.send(`lock ${FAR} 1`)
    expect(await holder.next()).toEqual({ isTaken: true })
    return holder
  }

  it.each(['exit', 'kill'] as const)('releases it when its process ends, by %s', async (how) => {
    const { path, a } = openTwice()
    const holder = await hold(startProcess, path)
    expect(os.tryLockRange(a, FAR, 1)).toBe(false)
    if (how === 'kill') holder.kill()
    else holder.send('exit')
    await holder.ended
    expect(os.tryLockRange(a, FAR, 1)).toBe(true)
  })

  // Bun and Deno keep the descriptors of a thread that is terminated, until the process ends.
  it.skipIf('Bun' in globalThis || 'Deno' in globalThis)(
    'releases it when its thread is terminated',
    async () => {
      const { path, a } = openTwice()
      const holder = await hold(startWorker, path)
      expect(os.tryLockRange(a, FAR, 1)).toBe(false)
      holder.kill()
      await holder.ended
      expect(os.tryLockRange(a, FAR, 1)).toBe(true)
    },
  )
})
