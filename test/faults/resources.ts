/** What a process holds of a folder's files: names, descriptors, mappings, locks. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

export interface Resources {
  readonly names: readonly string[]
  /** What each open descriptor leads to. */
  readonly descriptors: readonly string[]
  /** The file behind each mapping. */
  readonly mappings: readonly string[]
  readonly locks: readonly string[]
}

export const NOTHING: Resources = { names: [], descriptors: [], mappings: [], locks: [] }

/** What there is where nobody has anything open: names. */
export function namesIn(folder: string): Resources {
  return { ...NOTHING, names: readdirSync(folder).sort() }
}

export function resourcesOf(folder: string): Resources {
  const isBelow = (target: string): boolean => target.startsWith(`${folder}/`)
  const nameOf = (target: string): string => target.slice(folder.length + 1)
  const fds = descriptorsOf().filter((fd) => isBelow(targetOf(fd)))
  return {
    names: readdirSync(folder).sort(),
    descriptors: fds.map((fd) => nameOf(targetOf(fd))).sort(),
    mappings: readFileSync('/proc/self/maps', 'latin1')
      .split('\n')
      .map((line) => line.slice(line.indexOf('/')))
      .filter(isBelow)
      .map(nameOf)
      .sort(),
    locks: fds.flatMap((fd) => locksOf(fd).map((lock) => `${lock} of ${nameOf(targetOf(fd))}`)).sort(),
  }
}

/** All but those that the runtime had before anything began. */
function descriptorsOf(): string[] {
  return readdirSync('/proc/self/fd').filter((fd) => !ofRuntime.has(fd))
}

const ofRuntime = new Set(readdirSync('/proc/self/fd').filter((fd) => targetOf(fd) !== ''))

function targetOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    return ''
  }
}

/**
 * What an open file has locked, as proc_pid_fdinfo(5) tells: `FLOCK WRITE 0 EOF`. Not from /proc/locks, which leaves out some
 * while others are taken elsewhere.
 */
function locksOf(fd: string): string[] {
  const lines = readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1').matchAll(
    /^lock:\s+\d+:\s+(\w+)\s+\w+\s+(\w+) -?\d+ \S+ (.*)$/gm,
  )
  return [...lines].map(([, type, kind, range]) => `${type} ${kind} ${range}`)
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
