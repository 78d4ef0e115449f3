/** What may stand where a file is expected, and is none that may be opened there. */
import { execFileSync } from 'node:child_process'
import { linkSync, symlinkSync, writeFileSync } from 'node:fs'

export const INTRUDERS: Readonly<Record<string, (path: string) => void>> = {
  'a FIFO': (path) => void execFileSync('mkfifo', [path]),
  'a symbolic link': (path) => {
    writeFileSync(`${path}.other`, 'precious')
    symlinkSync(`${path}.other`, path)
  },
  'a symbolic link to nowhere': (path) => symlinkSync(`${path}.nowhere`, path),
  'a hard link': (path) => {
    writeFileSync(`${path}.other`, 'precious')
    linkSync(`${path}.other`, path)
  },
  'a device': (path) => symlinkSync('/dev/zero', path),
}
