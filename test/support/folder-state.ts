/** Everything in a folder, so that a test can tell whether an operation that failed left it alone. */
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

/** Names mapped to kind, mode, time of change and contents, of everything below `folder`. */
export function folderState(folder: string): Record<string, string> {
  const state: Record<string, string> = {}
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name)
    const stat = lstatSync(path, { bigint: true })
    // The time of the last store through a mapping is not exact, but any `write` and `truncate` shows in it.
    const common = `mode ${stat.mode.toString(8)}, changed ${stat.mtimeNs}`
    state[name] = common
    if (stat.isFile()) state[name] += `, ${stat.size} bytes ${readFileSync(path).toString('base64')}`
    if (stat.isSymbolicLink()) state[name] += `, link to ${readlinkSync(path)}`
    if (!stat.isDirectory()) continue
    state[name] = 'folder'
    for (const [below, each] of Object.entries(folderState(path))) state[join(name, below)] = each
  }
  return state
}
