/** With what each call can fail: what its manual page lists, as far as a store's files can come to it. */

/** Names of errors, or ways in which a call does less than it was asked for. */
export type Failure = string

/** It does half of its work and says how much that was; forever: and nothing after that. */
export const HALF = 'half'
/** It allocates half of the blocks, and then there is no more space. */
export const HALF_FULL = 'half full'
/** It finds nothing where there is something. */
export const BLIND = 'blind'
/** The lock is somebody else's. */
export const TAKEN = 'taken'

const PATH = ['EACCES', 'EIO', 'ELOOP', 'ENOMEM', 'ESTALE']
const FOLDER = [...PATH, 'EPERM', 'EROFS', 'EBUSY']
const SPACE = ['ENOSPC', 'EDQUOT']
const DESCRIPTORS = ['EMFILE', 'ENFILE']
const SYNC = ['EIO', ...SPACE, 'EROFS', 'EINVAL']

/** Of `node:fs`. */
const FILE_CALLS: Readonly<Record<string, readonly Failure[]>> = {
  openSync: [
    ...PATH,
    ...DESCRIPTORS,
    ...SPACE,
    'EPERM',
    'EROFS',
    'ENOENT',
    'EEXIST',
    'EINVAL',
    'EAGAIN',
    'EINTR',
  ],
  // The descriptor is given back all the same: close(2), NOTES. That it was interrupted, no runtime says.
  closeSync: ['EIO', ...SPACE],
  fstatSync: ['EIO', 'ENOMEM', 'ESTALE'],
  lstatSync: [...PATH, 'ENOENT'],
  statSync: [...PATH, 'ENOENT'],
  realpathSync: [...PATH, 'ENOENT'],
  existsSync: [BLIND],
  readSync: ['EIO', 'EINTR', 'EAGAIN', HALF],
  readFileSync: [...PATH, ...DESCRIPTORS, 'EPERM', 'ENOENT', 'EINTR'],
  writeSync: [...SPACE, 'EIO', 'EFBIG', 'EINTR', 'EPERM', HALF],
  ftruncateSync: ['EIO', 'EINTR', 'EPERM', 'EROFS', 'EFBIG', 'EINVAL'],
  truncateSync: [...PATH, 'EINTR', 'EPERM', 'EROFS', 'ENOENT', ...DESCRIPTORS],
  fchmodSync: ['EIO', 'ENOMEM', 'EPERM', 'EROFS'],
  fchownSync: ['EIO', 'ENOMEM', 'EPERM', 'EROFS', 'EDQUOT'],
  renameSync: [...FOLDER, ...SPACE, 'ENOENT'],
  rmSync: FOLDER,
  unlinkSync: FOLDER,
  linkSync: [...FOLDER, ...SPACE, 'ENOENT', 'EOPNOTSUPP', 'EMLINK', 'EEXIST'],
  fsyncSync: SYNC,
  fdatasyncSync: SYNC,
  watch: [...DESCRIPTORS, 'ENOSPC', 'ENOENT', 'ENOMEM'],
}

/** Of {@link NativeOs}. */
const NATIVE_CALLS: Readonly<Record<string, readonly Failure[]>> = {
  reserve: ['ENOMEM', 'EPERM'],
  mapFile: ['ENOMEM', 'EACCES', 'EAGAIN', 'ENFILE', 'ENODEV', 'EPERM', 'EINVAL'],
  mapZeroPages: ['ENOMEM', 'EAGAIN'],
  unmap: ['ENOMEM'],
  advise: ['EINVAL', 'ENOMEM', 'EIO'],
  allocateBlocks: [...SPACE, 'EFBIG', 'EIO', 'EINTR', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EPERM', HALF_FULL],
  statFile: ['EIO', 'ENOMEM', 'ESTALE'],
  syncFile: SYNC,
  syncFileAsync: SYNC,
  tryLock: ['ENOLCK', 'EINVAL', 'EIO', TAKEN],
  unlock: ['ENOLCK', 'EIO'],
  tryLockRange: ['ENOLCK', 'EINVAL', 'EIO', TAKEN],
  unlockRange: ['ENOLCK', 'EIO'],
  isRangeLocked: ['ENOLCK', 'EINVAL', 'EIO'],
}

/** What a call that is in neither table can fail with. */
const ANY_CALL = ['EIO', 'EACCES', 'EPERM', 'ENOMEM']
/** They make objects, tell constants, or are allowed to do nothing. */
const NEVER = ['viewOf', 'disown']

export function failuresOf(call: string): readonly Failure[] {
  if (NEVER.includes(call)) return []
  return FILE_CALLS[call] ?? NATIVE_CALLS[call] ?? ANY_CALL
}
