/** Chooses the implementation of the native calls for the platform, when one is first needed. */
import { closeSync, openSync } from 'node:fs'
import { MmapForgeError } from '../errors.ts'
import { bindLinux } from './linux.ts'
import type { NativeOs } from './os.ts'
import { errnoOf, isSystemError, SystemError } from './system-error.ts'

/** The supported platforms; the constants of the native calls are theirs. */
const SUPPORTED = new Set(['linux-x64', 'linux-arm64'])

let bound: NativeOs | undefined

/**
 * The native calls of this platform.
 *
 * @param path - the file that needs them, for the message
 * @throws {MmapForgeError} `ERR_UNSUPPORTED_PLATFORM` if there are none
 * @throws {SystemError} `EMFILE` or `ENFILE` if no file can be opened to load them from
 */
export function nativeOs(path: string): NativeOs {
  bound ??= bindNativeOs(path, `${process.platform}-${process.arch}`)
  return bound
}

/** {@link nativeOs} for a platform given by name, bound anew at each call. */
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
    const lack = lackOfDescriptors()
    if (lack !== undefined) throw new SystemError('open', lack, path, cause)
    throw new MmapForgeError(
      'ERR_UNSUPPORTED_PLATFORM',
      "the package koffi, which makes the native calls, can't be loaded; install it with its optional " +
        `dependencies, leave it out of a bundle, or ${advice}`,
      { path, cause },
    )
  }
}

/** The most descriptors that loading needs at a time. */
const LOADING_DESCRIPTORS = 2

/**
 * The errno of a lack of file descriptors, if there is one. Runtimes and the dynamic linker each report it in their own
 * words, or say that the file does not exist.
 */
function lackOfDescriptors(): number | undefined {
  const fds: number[] = []
  try {
    while (fds.length < LOADING_DESCRIPTORS) fds.push(openSync('/dev/null', 'r'))
    return undefined
  } catch (error) {
    return isSystemError(error, 'EMFILE', 'ENFILE') ? errnoOf(error) : undefined
  } finally {
    for (const fd of fds) closeSync(fd)
  }
}
