/** What a process holds of a folder's files: names, descriptors, mappings, locks. */
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

export interface Resources {
  readonly names: readonly string[]
  /** What each open descriptor leads to. */
  readonly descriptors: readonly string[]
  /** The file behind each mapping. */
  readonly mappings: readonly string[]
  readonly locks: readonly string[]
}

export const NOTHING: Resources = { names: [], descriptors: [], mappings: [], locks: [] }

/** Inodes of the files of a folder, by number: those that a process has locked may have lost their names. */
export type Inodes = Set<string>

export function resourcesOf(folder: string, inodes: Inodes = new Set()): Resources {
  const names = readdirSync(folder).sort()
  for (const name of names) inodes.add(String(lstatSync(join(folder, name)).ino))
  const isBelow = (target: string): boolean => target.startsWith(`${folder}/`)
  return {
    names,
    descriptors: readdirSync('/proc/self/fd').map(targetOf).filter(isBelow).map(nameIn(folder)).sort(),
    mappings: readFileSync('/proc/self/maps', 'latin1')
      .split('\n')
      .map((line) => line.slice(line.indexOf('/')))
      .filter(isBelow)
      .map(nameIn(folder))
      .sort(),
    locks: locksOn(inodes),
  }
}

function nameIn(folder: string): (target: string) => string {
  return (target) => target.slice(folder.length + 1)
}

function targetOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    return ''
  }
}

/** Lines of proc_locks(5), without their numbers: `FLOCK ADVISORY WRITE 1234 fe:00:2293798 0 EOF`. */
function locksOn(inodes: Inodes): string[] {
  return readFileSync('/proc/locks', 'latin1')
    .split('\n')
    .filter((line) => inodes.has(/:(\d+) /.exec(line.slice(line.indexOf(':') + 1))?.[1] ?? ''))
    .map((line) => line.replace(/^\d+: +/, '').replace(/ \S+:\S+:/, ' '))
    .sort()
}

/** What is there more than before. */
export function surplus(before: readonly string[], after: readonly string[]): string[] {
  const rest = [...after]
  for (const each of before) {
    const at = rest.indexOf(each)
    if (at >= 0) rest.splice(at, 1)
  }
  return rest
}

/** What is held that was not held before, as text. */
export function heldBeyond(before: Resources, after: Resources): string[] {
  return [
    ...surplus(before.descriptors, after.descriptors).map((each) => `descriptor of ${each}`),
    ...surplus(before.locks, after.locks).map((each) => `lock ${each}`),
    ...surplus(before.mappings, after.mappings).map((each) => `mapping of ${each}`),
  ]
}
