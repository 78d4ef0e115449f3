/** Making a new file appear at once and whole, so that no other process ever opens a half-made one. */

import {
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { encodeSidecar, SIDECAR_SUFFIX, sidecarOf } from '../format/schema-file.ts'
import type { Region } from '../region/region.ts'
import type { StoreDefinition } from '../schema/definition.ts'

/** What `link` says on file systems that have no hard links. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

/**
 * Ends the names of files that are being made. They are fixed, because creation happens under the writer lock: what
 * stands there was left by a creator that died, and goes.
 */
const TEMPORARY_SUFFIX = '.creating'

/**
 * Refuses a path where something stands, be it a symbolic link to nowhere.
 *
 * @throws `EEXIST`
 */
export function assertNameIsFree(path: string): void {
  // Linking a file to itself never succeeds, so that nothing is made where the file vanishes meanwhile.
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) linkSync(path, path)
}

/**
 * Creates the store's file under a temporary name, has it mapped and filled, and gives it its name when it is whole and
 * its sidecar stands beside it. Where anything fails, nothing is left. The caller holds the writer lock.
 *
 * @param map makes a region that owns the file descriptor, from the call on
 * @throws `EEXIST` where the name has been taken meanwhile
 */
export function placeNewFile(
  path: string,
  definition: StoreDefinition,
  map: (fd: number) => Region,
  fill: (region: Region) => void,
): Region {
  const temporary = path + TEMPORARY_SUFFIX
  const undo: (() => void)[] = []
  assertNameIsFree(path)
  rmSync(temporary, { force: true })
  try {
    const region = map(openSync(temporary, 'wx+'))
    undo.push(() => region.close())
    fill(region)
    region.sync()
    writeSidecar(path + SIDECAR_SUFFIX, definition)
    undo.push(() => rmSync(path + SIDECAR_SUFFIX, { force: true }))
    giveName(temporary, path)
    undo.push(() => rmSync(path, { force: true }))
    syncDirectory(path)
    return region
  } catch (error) {
    for (const step of undo.reverse()) step()
    throw error
  } finally {
    rmSync(temporary, { force: true })
  }
}

function writeSidecar(sidecarPath: string, { schema, layout, hash }: StoreDefinition): void {
  const temporary = sidecarPath + TEMPORARY_SUFFIX
  rmSync(temporary, { force: true })
  try {
    writeFileSync(temporary, encodeSidecar(sidecarOf(schema, layout, hash)), { flag: 'wx', flush: true })
    renameSync(temporary, sidecarPath)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** `link` fails where the name is taken, which `rename` would silently overwrite. */
function giveName(temporary: string, path: string): void {
  try {
    linkSync(temporary, path)
  } catch (error) {
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code ?? '')) throw error
    assertNameIsFree(path)
    renameSync(temporary, path)
  }
}

/** A new name is durable once its directory is: fsync(2), NOTES. */
function syncDirectory(path: string): void {
  const fd = openSync(dirname(path), 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
