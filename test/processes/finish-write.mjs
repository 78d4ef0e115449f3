/** A writer that takes its time: stores a counter after a while. Args: `path`, `offsetBytes`, `value`, `delayMs`. */
import { closeSync, openSync, writeSync } from 'node:fs'
import { args, say } from './channel.mjs'

say({ ready: true })
setTimeout(() => {
  const fd = openSync(args.path, 'r+')
  writeSync(fd, new Uint32Array([args.value]), 0, 4, args.offsetBytes)
  closeSync(fd)
}, args.delayMs)
