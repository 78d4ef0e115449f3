/** How files of ours begin. */

/** Whether a file that begins so was begun with a magic: all of it is there, or as much as its maker lived to write. */
export function isBegunWith(magic: Uint8Array, head: Uint8Array): boolean {
  return head.every((byte, i) => i >= magic.length || byte === magic[i])
}
