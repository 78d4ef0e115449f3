/** Takes locks on ranges of bytes. Args: `path`. Obeys `lock FROM LENGTH` and `unlock FROM LENGTH`, `close`, `exit`. */
import { closeSync, openSync } from 'node:fs'
import { nativeOs } from '../../dist/os/native-os.js'
import { args, listen, say } from './channel.mjs'

const fd = openSync(args.path, 'r+')
const os = nativeOs(args.path)
const stopListening = listen((command) => {
  const [verb, ...range] = command.split(' ')
  const [from, length] = range.map(Number)
  if (verb === 'lock') say({ isTaken: os.tryLockRange(fd, from, length) })
  else if (verb === 'unlock') {
    os.unlockRange(fd, from, length)
    say({ isTaken: false })
  } else if (verb === 'close') {
    closeSync(fd)
    say({ isTaken: false })
    stopListening()
  } else process.exit(0)
})
say({ ready: true })
