import { expect, it, vi } from 'vitest'
import { MmapForgeError } from '../../src/errors.ts'
import { nativeOs } from '../../src/os/native-os.ts'

const { cause } = vi.hoisted(() => ({ cause: new Error('Cannot find the native Koffi module') }))
vi.mock('../../src/os/linux.ts', () => ({
  bindLinux: () => {
    throw cause
  },
}))

it('a platform for which koffi has no binary maps no files, and says what to do', () => {
  const open = () => nativeOs('a.mmf')
  expect(open).toThrow(MmapForgeError)
  expect(open).toThrow(/^a\.mmf: .*koffi.*':memory:'/)
  expect(open).toThrow(expect.objectContaining({ code: 'ERR_UNSUPPORTED_PLATFORM', path: 'a.mmf', cause }))
})
