/** How our files begin. */

/** Whether a file begins with a magic, or with as much of it as was written before a crash. */
export function isBegunWith(magic: Uint8Array, head: Uint8Array): boolean {
  return head.every((byte, i) => i >= magic.length || byte === magic[i])
}
