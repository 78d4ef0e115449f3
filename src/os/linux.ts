/**
 * The native calls on Linux, through koffi. Numbers are those of the kernel's generic ABI, which x86-64 and ARM64
 * share, and so the same under glibc and musl.
 *
 * `off_t` is `int64_t` on both architectures. A byte count is a safe integer, which koffi passes exactly.
 */
import { constants as bufferConstants } from 'node:buffer'
import { fstatSync } from 'node:fs'
import { ignoreFileSizeSignal } from './file-size-signal.ts'
import { loadKoffi } from './koffi.ts'
import type { AccessPattern, FileStat, LockKind, MappingKind, NativeOs } from './os.ts'
import { syncData, syncDataAsync } from './sync.ts'
import { isSystemError, MAX_INTERRUPTIONS, SystemError } from './system-error.ts'
import { ThreadRanges } from './thread-ranges.ts'

// mmap(2), asm-generic/mman-common.h
const PROT_NONE = 0x0
const PROT_READ = 0x1
const PROT_WRITE = 0x2
const MAP_SHARED = 0x01
const MAP_PRIVATE = 0x02
const MAP_FIXED = 0x10
const MAP_ANONYMOUS = 0x20
const MAP_NORESERVE = 0x4000
/**
 * Large ranges begin at multiples of this. Processors find data in their caches by a part of its address, and ranges that
 * lie a page more than a power of two apart can agree in that part: a loop over three stores then took 2.5 to 5.8 ns for
 * each number that it set, by chance. Aligned, it takes 1.5 ns (AMD EPYC).
 */
const ALIGN_BYTES = 2 ** 21
/** `(void *) -1` as koffi returns it. */
const MAP_FAILED = 0xffff_ffff_ffff_ffffn
/** The descriptor for anonymous pages: mmap(2), "portable applications should ensure this". */
const NO_FD = -1
const ZERO_PAGES = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE

// memfd_create(2), linux/memfd.h
const MFD_CLOEXEC = 0x1
/** Since Linux 6.3, which warns if it is missing; earlier kernels fail with an error. */
const MFD_NOEXEC_SEAL = 0x8

// madvise(2)
const ADVICE: Readonly<Record<AccessPattern, number>> = { random: 1, sequential: 2 }

// fallocate(2), linux/falloc.h
const FALLOC_FL_KEEP_SIZE = 0x01

// statx(2), linux/stat.h and linux/fcntl.h
const AT_EMPTY_PATH = 0x1000
const STATX_BASIC_STATS = 0x7ff
const STATX_BYTES = 256
const STATX_INODE_OFFSET_BYTES = 32
const STATX_SIZE_OFFSET_BYTES = 40
const STATX_CTIME_OFFSET_BYTES = 96
const STATX_MTIME_OFFSET_BYTES = 112
const STATX_DEVICE_OFFSET_BYTES = 136
const NS_PER_S = 1_000_000_000n

// flock(2), asm-generic/fcntl.h
const LOCK: Readonly<Record<LockKind, number>> = { shared: 1, exclusive: 2 }
const LOCK_NB = 4
const LOCK_UN = 8

// fcntl(2), asm-generic/fcntl.h: locks that belong to the open file, so that another thread's descriptor does not share them
const F_OFD_GETLK = 36
const F_OFD_SETLK = 37
const RANGE_LOCK: Readonly<Record<LockKind, number>> = { shared: 0, exclusive: 1 }
const F_UNLCK = 2
/** `struct flock` on 64-bit Linux: l_type and l_whence, then l_start, l_len, and l_pid, which must be 0. */
const FLOCK_BYTES = 32
const FLOCK_START_OFFSET_BYTES = 8
const FLOCK_LENGTH_OFFSET_BYTES = 16

/**
 * `copy-on-write` reserves no swap, since its pages are hardly ever written: without MAP_NORESERVE the kernel would count
 * the whole range against its overcommit limit.
 */
const MAPPINGS: Readonly<Record<MappingKind, { readonly protection: number; readonly flags: number }>> = {
  shared: { protection: PROT_READ | PROT_WRITE, flags: MAP_SHARED },
  'read-only': { protection: PROT_READ, flags: MAP_SHARED },
  'copy-on-write': { protection: PROT_READ | PROT_WRITE, flags: MAP_PRIVATE | MAP_NORESERVE },
}

/**
 * Binds the calls.
 *
 * @throws what loading koffi throws if it has no binary for the platform
 */
export function bindLinux(): NativeOs {
  const koffi = loadKoffi()
  // Null is the process itself, which has already loaded a C library, whichever it is.
  const libc = koffi.load(null)
  ignoreFileSizeSignal(libc)
  const mmap = libc.func(
    'void *mmap(void *addr, size_t length, int prot, int flags, int fd, int64_t offset)',
  ) as (
    address: bigint | null,
    lengthBytes: number,
    protection: number,
    flags: number,
    fd: number,
    offsetBytes: number,
  ) => bigint
  const munmap = libc.func('int munmap(void *addr, size_t length)') as (a: bigint, n: number) => number
  const memfdCreate = libc.func('int memfd_create(const char *name, unsigned int flags)') as (
    name: string,
    flags: number,
  ) => number
  // Not closeSync: node:fs warns the user when it closes a descriptor that it has not opened.
  const close = libc.func('int close(int fd)') as (fd: number) => number
  const madvise = libc.func('int madvise(void *addr, size_t length, int advice)') as (
    address: bigint,
    lengthBytes: number,
    advice: number,
  ) => number
  const fallocate = libc.func('int fallocate(int fd, int mode, int64_t offset, int64_t len)') as (
    fd: number,
    mode: number,
    offsetBytes: number,
    lengthBytes: number,
  ) => number
  const flock = libc.func('int flock(int fd, int operation)') as (fd: number, operation: number) => number
  const fcntl = libc.func('int fcntl(int fd, int cmd, ...)') as (
    fd: number,
    command: number,
    type: 'void *',
    flock: Uint8Array,
  ) => number
  const statx = funcIfThere(
    libc,
    'int statx(int dirfd, const char *path, int flags, unsigned int mask, void *result)',
  ) as ((fd: number, path: string, flags: number, mask: number, result: Uint8Array) => number) | undefined
  const getpagesize = libc.func('int getpagesize()') as () => number

  /**
   * errno belongs to the thread, and the call ran on this one. It is read before anything else on this thread can call into
   * the C library, and only after a failed call, because success leaves it undefined.
   */
  const failure = (syscall: string): SystemError => new SystemError(syscall, koffi.errno())

  const unmap = (address: bigint, lengthBytes: number): void => {
    if (munmap(address, lengthBytes) !== 0) throw failure('munmap')
  }

  /** Unmaps what lies before the first aligned address, and what lies `takenBytes` after it. What stays mapped does no harm. */
  const keepAligned = (address: bigint, takenBytes: number, spareBytes: number): bigint => {
    const beforeBytes = Number(-address & BigInt(ALIGN_BYTES - 1))
    const start = address + BigInt(beforeBytes)
    // Sound: both lie in the range that was just taken, and nothing uses it yet.
    if (beforeBytes > 0) munmap(address, beforeBytes)
    if (beforeBytes < spareBytes) munmap(start + BigInt(takenBytes), spareBytes - beforeBytes)
    return start
  }

  /** Makes a call that takes or releases a lock; false if another open file has it. */
  const locks = (syscall: string, call: () => number): boolean => {
    for (let interruptions = 0; call() !== 0; interruptions++) {
      const error = failure(syscall)
      if (isSystemError(error, 'EAGAIN')) return false
      if (!isSystemError(error, 'EINTR') || interruptions === MAX_INTERRUPTIONS) throw error
    }
    return true
  }

  // Sound: flock takes no pointers, and with LOCK_NB it does not block the thread.
  const tryLock = (fd: number, kind: LockKind): boolean =>
    locks('flock', () => flock(fd, LOCK[kind] | LOCK_NB))

  const pageSizeBytes = getpagesize()
  const threadRanges = new ThreadRanges({
    pageSizeBytes,
    unmap,
    tryLock: (fd) => tryLock(fd, 'exclusive'),
    mapMark(address, name, offsetBytes) {
      let fd = memfdCreate(name, MFD_CLOEXEC | MFD_NOEXEC_SEAL)
      if (fd < 0) fd = memfdCreate(name, MFD_CLOEXEC)
      if (fd < 0) throw failure('memfd_create')
      const flags = MAP_PRIVATE | MAP_FIXED
      const isMapped = mmap(address, pageSizeBytes, PROT_NONE, flags, fd, offsetBytes) !== MAP_FAILED
      close(fd)
      if (!isMapped) throw failure('mmap')
    },
  })

  /** A `struct flock`. */
  const rangeOf = (type: number, offsetBytes: number, lengthBytes: number): DataView<ArrayBuffer> => {
    const request = new DataView(new ArrayBuffer(FLOCK_BYTES))
    request.setInt16(0, type, true)
    request.setBigInt64(FLOCK_START_OFFSET_BYTES, BigInt(offsetBytes), true)
    request.setBigInt64(FLOCK_LENGTH_OFFSET_BYTES, BigInt(lengthBytes), true)
    return request
  }

  const setLock = (fd: number, type: number, offsetBytes: number, lengthBytes: number): boolean => {
    const request = new Uint8Array(rangeOf(type, offsetBytes, lengthBytes).buffer)
    // Sound: fcntl reads the structure during the call only, and F_OFD_SETLK does not block the thread.
    return locks('fcntl', () => fcntl(fd, F_OFD_SETLK, 'void *', request))
  }

  return {
    pageSizeBytes,
    maxViewBytes: bufferConstants.MAX_LENGTH,

    reserve(lengthBytes) {
      // The range, and a page for its mark.
      const takenBytes = lengthBytes + pageSizeBytes
      const spareBytes = lengthBytes < ALIGN_BYTES ? 0 : ALIGN_BYTES
      // Sound: without an address and MAP_FIXED the kernel picks a free range, so nothing is displaced.
      const take = () => mmap(null, takenBytes + spareBytes, PROT_READ, ZERO_PAGES, NO_FD, 0)
      threadRanges.sweepIfDue()
      let address = take()
      if (address === MAP_FAILED) {
        threadRanges.sweep()
        address = take()
      }
      if (address === MAP_FAILED) throw failure('mmap')
      if (spareBytes > 0) address = keepAligned(address, takenBytes, spareBytes)
      threadRanges.mark(address, lengthBytes)
      return address
    },

    // Both calls below are sound: MAP_FIXED displaces what is mapped there, and the caller passes only a part of a range
    // that it reserved and has not unmapped. The kernel swaps mappings under the lock of the address space: another thread
    // that reads there finds the old pages or the new ones, never none. The kernel checks what can make it refuse (limits,
    // the kind of file) before it displaces anything.
    mapFile(fd, offsetBytes, address, lengthBytes, kind) {
      const { protection, flags } = MAPPINGS[kind]
      if (mmap(address, lengthBytes, protection, flags | MAP_FIXED, fd, offsetBytes) === MAP_FAILED) {
        throw failure('mmap')
      }
    },

    mapZeroPages(address, lengthBytes, writable) {
      const protection = writable ? PROT_READ | PROT_WRITE : PROT_READ
      if (mmap(address, lengthBytes, protection, ZERO_PAGES | MAP_FIXED, NO_FD, 0) === MAP_FAILED) {
        throw failure('mmap')
      }
    },

    unmap(address, lengthBytes) {
      // Sound: the caller mapped exactly this range, and unmaps it once, when no ArrayBuffer over it can be reached.
      unmap(address, lengthBytes + pageSizeBytes)
    },

    disown(address, lengthBytes) {
      // Sound: the mark is part of the range, and nothing touches it.
      mmap(
        address + BigInt(lengthBytes),
        pageSizeBytes,
        PROT_READ | PROT_WRITE,
        ZERO_PAGES | MAP_FIXED,
        NO_FD,
        0,
      )
    },

    advise(address, lengthBytes, access) {
      // Sound: these two advices change read-ahead only, never contents, and the range is mapped by the caller.
      if (madvise(address, lengthBytes, ADVICE[access]) !== 0) throw failure('madvise')
    },

    viewOf(address, lengthBytes) {
      // In V8 a longer view does not throw: it ends the process.
      if (lengthBytes > bufferConstants.MAX_LENGTH) {
        throw new RangeError(`a view of ${lengthBytes} bytes: the most here is ${bufferConstants.MAX_LENGTH}`)
      }
      // Sound: the range is mapped, and stays mapped until the ArrayBuffer has been garbage-collected. koffi gives the
      // runtime no deleter, so nothing else frees it. The buffer must not be transferred, yet it is not marked as
      // untransferable: Node detaches such buffers when it exits, and versions 24 and 26 abort if they can't.
      return koffi.view(address, lengthBytes)
    },

    allocateBlocks(fd, offsetBytes, lengthBytes, keepSize) {
      // fallocate(2), not posix_fallocate(3): if the file system can't allocate, glibc's posix_fallocate rewrites a byte of
      // every block, and so may undo another process's store (its man page says so).
      // Sound: it takes no pointers, and changes no byte that the file has.
      if (fallocate(fd, keepSize ? FALLOC_FL_KEEP_SIZE : 0, offsetBytes, lengthBytes) !== 0) {
        throw failure('fallocate')
      }
    },

    statFile(fd) {
      const result = new Uint8Array(STATX_BYTES)
      // Sound: statx writes no more than the structure, during the call only.
      if (statx?.(fd, '', AT_EMPTY_PATH, STATX_BASIC_STATS, result) === 0) return fileStatIn(result)
      // Old kernels lack it, and some containers forbid it.
      return fstatSync(fd, { bigint: true })
    },

    // On Linux fdatasync(2) and msync(2) with MS_SYNC are one operation: msync calls vfs_fsync_range, with datasync set, on
    // the file behind the mapping (mm/msync.c), since the kernel tracks dirty mapped pages by file (since 2.6.19, see
    // msync(2)). By descriptor it covers every mapping, works after one is unmapped, and reports errors through Node.
    // fdatasync also writes the size of the file, because the data can't be read back without it.
    syncFile: syncData,
    syncFileAsync: syncDataAsync,

    tryLock,

    unlock(fd) {
      // Sound: as above; releasing a lock that is not held is no error.
      if (flock(fd, LOCK_UN) !== 0) throw failure('flock')
    },

    tryLockRange: (fd, offsetBytes, lengthBytes, kind = 'exclusive') =>
      setLock(fd, RANGE_LOCK[kind], offsetBytes, lengthBytes),

    isRangeLocked(fd, offsetBytes, lengthBytes) {
      const request = rangeOf(RANGE_LOCK.exclusive, offsetBytes, lengthBytes)
      // Sound: fcntl writes no more than the structure, during the call only, and takes no lock.
      if (fcntl(fd, F_OFD_GETLK, 'void *', new Uint8Array(request.buffer)) !== 0) throw failure('fcntl')
      return request.getInt16(0, true) !== F_UNLCK
    },

    unlockRange(fd, offsetBytes, lengthBytes) {
      setLock(fd, F_UNLCK, offsetBytes, lengthBytes)
    },
  }
}

/** A function that not every C library has. */
function funcIfThere(libc: ReturnType<ReturnType<typeof loadKoffi>['load']>, prototype: string): unknown {
  try {
    return libc.func(prototype)
  } catch {
    return undefined
  }
}

/** Reads a `struct statx`. */
function fileStatIn({ buffer }: Uint8Array<ArrayBuffer>): FileStat {
  const view = new DataView(buffer)
  const major = view.getUint32(STATX_DEVICE_OFFSET_BYTES, true)
  const minor = view.getUint32(STATX_DEVICE_OFFSET_BYTES + 4, true)
  const timeNsAt = (offsetBytes: number): bigint =>
    view.getBigInt64(offsetBytes, true) * NS_PER_S + BigInt(view.getUint32(offsetBytes + 8, true))
  return {
    dev: deviceOf(BigInt(major), BigInt(minor)),
    ino: view.getBigUint64(STATX_INODE_OFFSET_BYTES, true),
    size: view.getBigUint64(STATX_SIZE_OFFSET_BYTES, true),
    mtimeNs: timeNsAt(STATX_MTIME_OFFSET_BYTES),
    ctimeNs: timeNsAt(STATX_CTIME_OFFSET_BYTES),
  }
}

/** A device's number, as stat(2) reports it: makedev(3). */
function deviceOf(major: bigint, minor: bigint): bigint {
  return ((major & ~0xfffn) << 32n) | ((minor & ~0xffn) << 12n) | ((major & 0xfffn) << 8n) | (minor & 0xffn)
}
