/** Who may use a file, and giving a new file the same permissions. */
import { fchmodSync, fchownSync, fstatSync, statSync } from 'node:fs'
import { unlessRefused } from './refused-calls.ts'
import { isSystemError } from './system-error.ts'

/** Who may use a file. */
export interface Permissions {
  /** Permission bits, as chmod(2) takes them. */
  readonly mode: number
  /** The owner of the file; undefined for the user who makes it. */
  readonly owner?: Owner | undefined
}

interface Owner {
  readonly uid: number
  readonly gid: number
}

/** Permission to read and write: files that are not programs need no more. */
const USES = 0o666
const OWNER_USES = 0o600
const ANYBODY = 0o7
/** Shifts the bits of the group to the place of those of others. */
const GROUP_SHIFT = 3

/** For the files beside a file of this mode: its bits for reading and writing. */
export function besideMode(mode: number): Permissions {
  return { mode: mode & USES }
}

/** For the owner only. */
export const OWNER_ONLY: Permissions = { mode: OWNER_USES }

/**
 * Who may use the file at a path; undefined if there is none.
 *
 * @param file the file that is meant, if another one may have taken its name: then undefined, too
 */
export function permissionsOf(
  path: string,
  file?: { readonly device: bigint; readonly inode: bigint },
): Permissions | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
  const isMeant = file === undefined || (stat?.dev === file.device && stat.ino === file.inode)
  if (stat === undefined || !isMeant) return undefined
  const [mode, uid, gid] = [stat.mode, stat.uid, stat.gid].map(Number) as [number, number, number]
  return { mode: mode & USES, owner: { uid, gid } }
}

/** The mode to create a file with before {@link permit} sets its permissions: until then, only its owner may use it. */
export function firstModeOf(permissions: Permissions | undefined): number {
  return permissions === undefined ? USES : permissions.mode & OWNER_USES
}

/**
 * Sets the permissions of a new file, whatever the umask, and never grants anybody more. If the file can't be given to the
 * wanted group, the group that it has gets only what everybody gets.
 *
 * @throws if the bits can't be set, and the file grants more than it should
 */
export function permit(fd: number, { mode, owner }: Permissions): void {
  const isTheirs = owner === undefined || giveTo(fd, owner)
  const wanted = isTheirs ? mode : withoutGroup(mode)
  const bits = fstatSync(fd).mode & (USES | mode)
  if (bits === wanted) return
  try {
    unlessRefused(() => fchmodSync(fd, wanted), 'fchmod', fd, wanted)
  } catch (error) {
    // A file system without such bits gives the same ones to all of its files.
    if (!isSystemError(error, 'EPERM', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL') || (bits & ~wanted) !== 0)
      throw error
  }
}

/**
 * Gives a file to an owner, which only the superuser may do, or else to a group, which its members may do.
 *
 * @returns whether the file now belongs to the group
 */
function giveTo(fd: number, { uid, gid }: Owner): boolean {
  const made = fstatSync(fd)
  if (made.uid === uid && made.gid === gid) return true
  for (const newUid of new Set([uid, made.uid])) {
    try {
      unlessRefused(() => fchownSync(fd, newUid, gid), 'fchown', fd, newUid, gid)
      return true
    } catch {
      // It stays with its present owner.
    }
  }
  return made.gid === gid
}

/** Members of the wanted group can't be told from others: both get only what both may do. */
function withoutGroup(mode: number): number {
  const both = (mode >> GROUP_SHIFT) & mode & ANYBODY
  return (mode & OWNER_USES) | (both << GROUP_SHIFT) | both
}
