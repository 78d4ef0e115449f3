/** The version that the working tree is compared with: built once for each commit, outside the project. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Built {
  readonly commit: string
  /** Of its `dist/index.js`. */
  readonly path: string
}

/**
 * @param ref - anything that git takes for a commit
 * @param root - the project, whose installed packages it is built with
 */
export function builtBase(ref: string, root: string): Built {
  const commit = git(root, 'rev-parse', '--verify', '--end-of-options', `${ref}^{commit}`).trim()
  const builds = join(tmpdir(), 'mmapforge-ab')
  const folder = join(builds, commit)
  if (!existsSync(folder)) {
    mkdirSync(builds, { recursive: true })
    const scratch = mkdtempSync(join(builds, 'building-'))
    try {
      build(commit, root, scratch)
      renameSync(scratch, folder)
    } catch (error) {
      rmSync(scratch, { recursive: true, force: true })
      // Unless another run was faster.
      if (!existsSync(folder)) throw error
    }
  }
  link(root, folder)
  return { commit, path: join(folder, 'dist', 'index.js') }
}

function build(commit: string, root: string, folder: string): void {
  const archive = join(folder, 'source.tar')
  git(root, 'archive', '--output', archive, commit)
  execFileSync('tar', ['-xf', archive, '-C', folder])
  rmSync(archive)
  link(root, folder)
  const compiler = join(folder, 'node_modules', 'typescript', 'bin', 'tsc')
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: folder, stdio: 'inherit' })
}

/** To where the packages are now: the working tree that it was built from may be gone. */
function link(root: string, folder: string): void {
  const modules = join(folder, 'node_modules')
  rmSync(modules, { force: true })
  symlinkSync(realpathSync(join(root, 'node_modules')), modules)
}

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8' })
}
