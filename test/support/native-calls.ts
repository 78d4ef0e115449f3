/** Native calls with others in their place: for a mock of `src/os/native-os.ts`. */
import type { NativeOs } from '../../src/os/os.ts'

type NativeModule = typeof import('../../src/os/native-os.ts')

/** @param others makes what stands in place of some calls, which may call them */
export function withCalls(real: NativeModule, others: (os: NativeOs) => Partial<NativeOs>): NativeModule {
  const nativeOs = (path: string): NativeOs => {
    const os = real.nativeOs(path)
    return { ...os, ...others(os) }
  }
  return { ...real, nativeOs }
}
