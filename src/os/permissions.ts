/** Who may use a file, and letting the same use a new one. */
import { fchmodSync, fchownSync, fstatSync, statSync } from 'node:fs'
import { unlessRefused } from './refused-calls.ts'
import { isSystemError } from './system-error.ts'

/** Who may use a file. */
export interface Permissions {
  /** Permission bits, as chmod(2) takes them. */
  readonly mode: number
  /** Whose file it is; undefined for whoever makes it. */
  readonly owner?: Owner | undefined
}

interface Owner {
  readonly uid: number
  readonly gid: number
}

/** Reading and writing: files that are not programs have no more. */
const USES = 0o666
const OWNER_USES = 0o600
const ANYBODY = 0o7
/** Bits of a class of users, as those of others. */
const GROUP_SHIFT = 3

/** Those who may use a file of a mode may read and write the files beside it as they may that one. */
export function besideMode(mode: number): Permissions {
  return { mode: mode & USES }
}

/** Nobody but its owner. */
export const OWNER_ONLY: Permissions = { mode: OWNER_USES }

/**
 * Who may use the file of a path; undefined where there is none.
 *
 * @param file the one that is meant, where another one may have taken its name
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

/** The mode to make a file with that is then {@link permit permitted}: until then, only its owner may use it. */
export function firstModeOf(permissions: Permissions | undefined): number {
  return permissions === undefined ? USES : permissions.mode & OWNER_USES
}

/**
 * Lets those use a new file who are given, whatever the umask, and never anybody else. Where the file can't be given to
 * their group, what everybody has is all that a group of another name gets.
 *
 * @throws where the file system tells users apart, and the bits can't be set
 */
export function permit(fd: number, { mode, owner }: Permissions): void {
  const isTheirs = owner === undefined || giveTo(fd, owner)
  const wanted = isTheirs ? mode : withoutGroup(mode)
  const bits = fstatSync(fd).mode & (USES | mode)
  if (bits === wanted) return
  try {
    unlessRefused(() => fchmodSync(fd, wanted), 'fchmod', fd, wanted)
  } catch (error) {
    // A file system that knows no such bits has given it those that all of its files have.
    if (!isSystemError(error, 'EPERM', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL') || (bits & ~wanted) !== 0)
      throw error
  }
}

/**
 * Gives a file to an owner, which only the superuser may, or else to a group, which its members may.
 *
 * @returns whether it is the group's
 */
function giveTo(fd: number, { uid, gid }: Owner): boolean {
  const made = fstatSync(fd)
  if (made.uid === uid && made.gid === gid) return true
  for (const newUid of new Set([uid, made.uid])) {
    try {
      unlessRefused(() => fchownSync(fd, newUid, gid), 'fchown', fd, newUid, gid)
      return true
    } catch {
      // Then somebody else's it stays.
    }
  }
  return made.gid === gid
}

/** Who is of the group, and who is not, can't be told apart any more. */
function withoutGroup(mode: number): number {
  const both = (mode >> GROUP_SHIFT) & mode & ANYBODY
  return (mode & OWNER_USES) | (both << GROUP_SHIFT) | both
}
