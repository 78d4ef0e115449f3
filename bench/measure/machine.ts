/** Where the figures are from. */
import { statfsSync } from 'node:fs'
import { cpus, release, totalmem, type } from 'node:os'
import type { Machine, Runtime } from '../results/results.ts'

/** File systems by the magic number that `statfs` gives. */
const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  61267: 'ext4',
  16914836: 'tmpfs',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  2035054128: 'overlay',
}

export function runtimeHere(): Runtime {
  const { versions } = process
  if (versions['bun'] !== undefined) return { name: 'Bun', version: versions['bun'] }
  if (versions['deno'] !== undefined) return { name: 'Deno', version: versions['deno'] }
  return { name: 'Node', version: versions.node }
}

/** `Node 22` stands for all of its releases. */
export function runtimeTitle({ name, version }: Runtime): string {
  return `${name} ${version.split('.')[0]}`
}

export function machineHere(folder: string): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()} ${process.arch}`,
    fileSystem: fileSystemOf(folder),
  }
}

export function fileSystemOf(folder: string): string {
  const magic = statfsSync(folder).type
  return FILE_SYSTEMS[magic] ?? `file system 0x${magic.toString(16)}`
}

/** `2026-11-23` */
export function today(): string {
  return new Date().toISOString().slice(0, 10)
}
