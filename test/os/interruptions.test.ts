/** Calls that signals interrupt, time and again. */
import { constants } from 'node:os'
import { beforeEach, expect, it, vi } from 'vitest'
import { bindLinux } from '../../src/os/linux.ts'
import { MAX_INTERRUPTIONS } from '../../src/os/system-error.ts'
import { errorOf } from '../support/errors.ts'

const { EAGAIN, EINTR } = constants.errno

/** What the calls that lock fail with, one after the other, and once there is nothing left. */
const script = vi.hoisted(() => ({ errnos: [] as number[], always: 0, calls: 0, last: 0 }))

vi.mock('../../src/os/koffi.ts', async (importOriginal) => {
  const koffi = (await importOriginal<typeof import('../../src/os/koffi.ts')>()).loadKoffi()
  const failing = (): number => {
    script.calls++
    script.last = script.errnos.shift() ?? script.always
    return script.last === 0 ? 0 : -1
  }
  const load = (name: null) => {
    const libc = koffi.load(name)
    return {
      func: (prototype: string) => (/ (flock|fcntl)\(/.test(prototype) ? failing : libc.func(prototype)),
    }
  }
  return { loadKoffi: () => ({ ...koffi, load, errno: () => script.last }) }
})

const LOCKS = [
  ['flock', (os: ReturnType<typeof bindLinux>) => os.tryLock(3, 'exclusive')],
  ['fcntl', (os: ReturnType<typeof bindLinux>) => os.tryLockRange(3, 0, 1)],
] as const

beforeEach(() => Object.assign(script, { errnos: [], always: 0, calls: 0 }))

it.each(LOCKS)('%s is made again', (_, lock) => {
  script.errnos = [EINTR, EINTR]
  expect(lock(bindLinux())).toBe(true)
  script.errnos = [EINTR, EAGAIN]
  expect(lock(bindLinux())).toBe(false)
})

it.each(LOCKS)('%s is not made for ever', (syscall, lock) => {
  script.always = EINTR
  expect(errorOf(() => lock(bindLinux()))).toMatchObject({ code: 'EINTR', syscall })
  expect(script.calls).toBe(MAX_INTERRUPTIONS + 1)
})
