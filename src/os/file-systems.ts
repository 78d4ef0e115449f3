/** What file systems promise about the times of files. */
import { statfsSync } from 'node:fs'

/**
 * File systems on which a store to a clean page of a mapping changes the times of its file there and then, as their
 * kernel code has it: ext2 to ext4, XFS, Btrfs, F2FS. tmpfs never does it, ZFS and network file systems do it later, and
 * overlayfs does whatever lies below. Numbers: linux/magic.h.
 */
const TELLING: readonly number[] = [0xef53, 0x58465342, 0x9123683e, 0xf2f52010]

/** Whether whoever stores to a mapping of a file shows in its times; false where that can't be told. */
export function showsStores(path: string): boolean {
  try {
    return TELLING.includes(statfsSync(path).type)
  } catch {
    return false
  }
}
