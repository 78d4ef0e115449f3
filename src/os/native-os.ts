/** Chooses the implementation of the native calls for the platform, when it is first needed. */
import { MmapForgeError } from '../errors.ts'
import { bindLinux } from './linux.ts'
import type { NativeOs } from './os.ts'

/** The platforms that the tests run on; the constants of the native calls are theirs. */
const SUPPORTED = new Set(['linux-x64', 'linux-arm64'])

let bound: NativeOs | undefined

/**
 * The native calls of this platform.
 *
 * @param path - the file that needs them, for the message
 * @throws {MmapForgeError} `ERR_UNSUPPORTED_PLATFORM` where there are none
 */
export function nativeOs(path: string): NativeOs {
  bound ??= bindNativeOs(path, `${process.platform}-${process.arch}`)
  return bound
}

/** {@link nativeOs} for a platform given by name, each time anew. */
export function bindNativeOs(path: string, platform: string): NativeOs {
  const advice = "use ':memory:' for a store that lives in memory only"
  if (!SUPPORTED.has(platform)) {
    const supported = [...SUPPORTED].join(', ')
    throw new MmapForgeError(
      'ERR_UNSUPPORTED_PLATFORM',
      `files can't be mapped on ${platform}, only on ${supported}; ${advice}`,
      { path },
    )
  }
  try {
    return bindLinux()
  } catch (cause) {
    throw new MmapForgeError(
      'ERR_UNSUPPORTED_PLATFORM',
      "the package koffi, which makes the native calls, can't be loaded; install it with its optional " +
        `dependencies, leave it out of a bundle, or ${advice}`,
      { path, cause },
    )
  }
}
