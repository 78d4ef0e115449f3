/** Makes a new file appear atomically, so that no other process ever opens a half-made one. */
import { closeSync, existsSync, linkSync, lstatSync, openSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { encodeHeader, NEW_STORE } from '../format/header.ts'
import { encodeSchemaFile, SCHEMA_FILE, SCHEMA_FILE_SUFFIX, schemaFileOf } from '../format/schema-file.ts'
import { removeIfThere, syncFolderOf } from '../os/files.ts'
import { permissionsOf } from '../os/permissions.ts'
import { assertPlaceable, placeSidecar, removeSidecar, TEMPORARY_SUFFIX } from '../os/sidecars.ts'
import { isSystemError } from '../os/system-error.ts'
import type { UndoStack } from '../os/undo.ts'
import type { Region } from '../region/region.ts'
import type { StoreDefinition } from '../schema/definition.ts'
import { initialSizeBytes } from './growth.ts'
import type { CheckedOptions } from './options.ts'

/**
 * Throws if the name is taken, even by a symbolic link to nowhere.
 *
 * @throws `EEXIST`
 */
export function assertNameIsFree(path: string): void {
  // Throws EEXIST in the runtime's own words. Linking a file to itself never succeeds: if it vanishes meanwhile, nothing is
  // made.
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) linkSync(path, path)
}

/**
 * Makes a file beside a path. If the folder is missing, the error names the path, which is what the user gave.
 *
 * @throws `ENOENT`
 */
export function inFolderOf<T>(path: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    // There is nothing to open, so this throws, in the runtime's own words.
    if (isSystemError(error, 'ENOENT') && !existsSync(dirname(path))) closeSync(openSync(path, 'r'))
    throw error
  }
}

/** The name of a store's file while it is being made. */
export function temporaryName(path: string): string {
  return path + TEMPORARY_SUFFIX
}

/**
 * Lets `make` make a store's file under a temporary name, and gives it its own name once it is whole and its schema file
 * stands beside it. The caller holds the writer lock.
 *
 * @param undo gets the steps that remove what is made here
 * @param make makes the file, whole and durable
 * @throws `EEXIST` if the name has been taken meanwhile
 */
export function placeNewStore(
  path: string,
  definition: StoreDefinition,
  undo: UndoStack,
  make: () => void,
): void {
  const temporary = temporaryName(path)
  const schemaPath = path + SCHEMA_FILE_SUFFIX
  assertNameIsFree(path)
  assertPlaceable(schemaPath, SCHEMA_FILE)
  removeSidecar(temporary, NEW_STORE)
  undo.push(() => removeIfThere(temporary))
  make()
  const { schema, layout, hash } = definition
  const content = new TextEncoder().encode(encodeSchemaFile(schemaFileOf(schema, layout, hash)))
  const schemaFd = placeSidecar(schemaPath, content, SCHEMA_FILE, {
    isDurable: true,
    permissions: permissionsOf(temporary),
  })
  undo.push(() => removeIfThere(schemaPath))
  closeSync(schemaFd)
  giveName(temporary, path)
  undo.push(() => removeIfThere(path))
  removeIfThere(temporary)
  syncFolderOf(path)
}

/** `link` fails if the name is taken; `rename` would silently replace the file that has it. */
function giveName(temporary: string, path: string): void {
  try {
    linkSync(temporary, path)
  } catch (error) {
    // File systems without hard links report one of these.
    if (!isSystemError(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw error
    assertNameIsFree(path)
    renameSync(temporary, path)
  }
}

/** Writes the header of a new region, and makes room for the records that the options ask for. */
export function initialiseStore(
  region: Region,
  { schema, layout, hash }: StoreDefinition,
  { capacity }: CheckedOptions,
): void {
  region.grow(initialSizeBytes(capacity, layout.recordSizeBytes))
  const header = encodeHeader({
    schemaHash: hash,
    schemaVersion: schema.version,
    recordSizeBytes: layout.recordSizeBytes,
    recordCount: 0n,
    capacityCount: BigInt(capacity),
  })
  new Uint8Array(region.buffer).set(header)
}
