/** Files and failures for the tests of regions. */
import { ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll } from 'vitest'
import type { ErrorCode } from '../../src/errors.ts'
import { nativeOs } from '../../src/os/native-os.ts'
import type { NativeOs } from '../../src/os/os.ts'
import { SystemError } from '../../src/os/system-error.ts'
import type { MappedRegionOptions } from '../../src/region/mapped-region.ts'
import { MappedRegion } from '../../src/region/mapped-region.ts'
import { forgeErrorOf } from '../support/errors.ts'

/** The native calls, some of them replaced. */
export function osWith(replaced: Partial<NativeOs>): NativeOs {
  return { ...nativeOs('test'), ...replaced }
}

/** A failure as the native calls report it. */
export function systemError(code: keyof typeof constants.errno): SystemError {
  return new SystemError('test', constants.errno[code])
}

/** A disk that has only half of the blocks asked for. */
export function halfFull(code: keyof typeof constants.errno): NativeOs {
  const real = nativeOs('test')
  return osWith({
    allocateBlocks: (fd, offsetBytes, lengthBytes, keepSize) => {
      real.allocateBlocks(fd, offsetBytes, Math.ceil(lengthBytes / 2), keepSize)
      throw systemError(code)
    },
  })
}

/** A disk that grows files with holes, which take no room. */
export const sparse = osWith({
  allocateBlocks: (fd, offsetBytes, lengthBytes, keepSize) => {
    if (!keepSize) ftruncateSync(fd, offsetBytes + lengthBytes)
  },
})

export const PAGE_BYTES = nativeOs('test').pageSizeBytes

/** A folder for the tests of a file, removed after them; gives the path of a new empty file in it. */
export function tempFiles(): () => string {
  let folder = ''
  let count = 0
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mmapforge-region-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return () => {
    const path = join(folder, `${count++}.bin`)
    writeFileSync(path, '')
    return path
  }
}

export function openWritable(path: string, options: Partial<MappedRegionOptions> = {}): MappedRegion {
  return new MappedRegion(openSync(path, 'r+'), path, { readOnly: false, ...options })
}

export function openReadOnly(path: string, options: Partial<MappedRegionOptions> = {}): MappedRegion {
  return new MappedRegion(openSync(path, 'r'), path, { readOnly: true, ...options })
}

/** All that a failed growth must leave alone: size, blocks on disk and contents. */
export function snapshotOf(path: string): { size: number; blocks: number; contents: string } {
  const { size, blocks } = statSync(path)
  return { size, blocks, contents: readFileSync(path).toString('latin1') }
}

/** The error's code, after a look at what every error of ours must have. */
export function codeOf(action: () => unknown): ErrorCode {
  const error = forgeErrorOf(action)
  if (error.path === undefined || !error.message.startsWith(error.path)) {
    throw new Error(`no path in: ${error.message}`)
  }
  return error.code
}

export const collectGarbage = garbageCollector()

function garbageCollector(): () => void {
  const { Bun } = globalThis as { Bun?: { gc(isSynchronous: boolean): void } }
  if (Bun !== undefined) return () => Bun.gc(true)
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}

/** Collects garbage, and lets finalizers run, until something holds; false if it never does. */
export async function untilCollected(holds: () => boolean, rounds = 100): Promise<boolean> {
  for (let round = 0; round < rounds; round++) {
    if (holds()) return true
    collectGarbage()
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return false
}

/** How many mappings of a file this process has. */
export const mappingsOf = (path: string): number =>
  readFileSync('/proc/self/maps', 'utf8')
    .split('\n')
    .filter((line) => line.endsWith(path)).length

/** Has every range counted that is made, left to itself, and unmapped. */
export function counting() {
  const made: bigint[] = []
  const disowned: bigint[] = []
  const unmapped: bigint[] = []
  const real = osWith({})
  const os = osWith({
    reserve: (lengthBytes) => {
      const address = real.reserve(lengthBytes)
      made.push(address)
      return address
    },
    disown: (address, lengthBytes) => {
      disowned.push(address)
      real.disown(address, lengthBytes)
    },
    unmap: (address, lengthBytes) => {
      unmapped.push(address)
      real.unmap(address, lengthBytes)
    },
  })
  return { os, made, disowned, unmapped }
}
