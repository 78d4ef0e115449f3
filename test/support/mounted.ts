/** File systems made for a test. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { tempFolder } from './temp.ts'

/** Why a test that needs one is skipped. */
export const NO_MOUNT = 'no permission to mount a file system'

/** A new file system in memory; undefined where this process may not mount one. */
export function mounted(options: string): string | undefined {
  return mount('-t', 'tmpfs', '-o', options, 'tmpfs')
}

/** A folder seen through another one that can only be read; undefined where this process may not do that. */
export function mountedReadOnly(folder: string): string | undefined {
  const view = mount('--bind', folder)
  if (view !== undefined) execFileSync('mount', ['-o', 'remount,bind,ro', view], { stdio: 'ignore' })
  return view
}

/** A file seen under another name, alone, as a container sees it; false where this process may not do that. */
export function mountedFile(file: string, name: string): boolean {
  writeFileSync(name, '')
  try {
    execFileSync('mount', ['--bind', file, name], { stdio: 'ignore' })
  } catch {
    return false
  }
  onTestFinished(() => void execFileSync('umount', ['--lazy', name]))
  return true
}

function mount(...how: readonly string[]): string | undefined {
  const folder = join(tempFolder(), 'disk')
  mkdirSync(folder)
  try {
    execFileSync('mount', [...how, folder], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  onTestFinished(() => void execFileSync('umount', ['--lazy', folder]))
  return folder
}
