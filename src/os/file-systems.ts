/** What file systems promise about the times of files. */
import { statfsSync } from 'node:fs'

/**
 * File systems whose kernel code changes the times of a file immediately at a store to a clean page of a mapping: ext2 to
 * ext4, XFS, Btrfs, F2FS. tmpfs never does, ZFS and network file systems do it later, and overlayfs does what the file
 * system below it does. Numbers: linux/magic.h.
 */
const TELLING: readonly number[] = [0xef53, 0x58465342, 0x9123683e, 0xf2f52010]

/** Whether a store to a mapping of a file shows in the file's times; false if that can't be told. */
export function showsStores(path: string): boolean {
  try {
    return TELLING.includes(statfsSync(path).type)
  } catch {
    return false
  }
}
