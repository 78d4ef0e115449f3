/** A project that is empty but for mmapforge, installed from the tarball that would be published. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../support/project.ts'

/** What npm says where there is no network; then the dependencies are those of this project. */
const OFFLINE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED/

export interface Outcome {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export class UserProject {
  readonly folder = mkdtempSync(join(tmpdir(), 'mmapforge-package-'))
  readonly tarballBytes: number

  constructor() {
    const packed = run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', this.folder], ROOT)
    const [{ filename }] = JSON.parse(expectSuccess('npm pack', packed).stdout) as [{ filename: string }]
    this.tarballBytes = statSync(this.path(filename)).size
    this.write('package.json', JSON.stringify({ private: true, type: 'module' }))
    this.#install(filename)
  }

  path(...names: string[]): string {
    return join(this.folder, ...names)
  }

  write(name: string, text: string): void {
    writeFileSync(this.path(name), text)
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8')
  }

  /** The files that the package installs, without folders. */
  installedFiles(): string[] {
    const folder = this.path('node_modules', 'mmapforge')
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(folder, name)).isFile())
      .sort()
  }

  /** The packages that the installation brought, or the scopes that they are in. */
  installedPackages(): string[] {
    return readdirSync(this.path('node_modules'))
      .filter((name) => !name.startsWith('.'))
      .sort()
  }

  /** Runs a command in the project, and gives what it printed. */
  run(command: string, ...argv: string[]): string {
    return expectSuccess(command, run(command, argv, this.folder)).stdout
  }

  node(...argv: string[]): Outcome {
    return runNode(this.folder, ...argv)
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Without install scripts: the package must work where they are forbidden. */
  #install(tarball: string): void {
    const options = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--fetch-retries=1']
    const outcome = run('npm', ['install', ...options, `./${tarball}`], this.folder)
    if (outcome.status === 0) return
    if (!OFFLINE.test(outcome.stderr)) expectSuccess('npm install', outcome)
    console.warn('no registry in reach: the dependencies are taken from this project, not installed')
    this.#unpack(tarball)
  }

  #unpack(tarball: string): void {
    const target = this.path('node_modules', 'mmapforge')
    mkdirSync(this.path('node_modules', '.bin'), { recursive: true })
    this.run('tar', '-xzf', tarball)
    cpSync(this.path('package'), target, { recursive: true })
    const { dependencies, bin } = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8'))
    for (const name of [...Object.keys(dependencies), '@koromix']) {
      cpSync(join(ROOT, 'node_modules', name), this.path('node_modules', name), { recursive: true })
    }
    for (const [name, file] of Object.entries(bin as Record<string, string>)) {
      chmodSync(join(target, file), 0o755)
      symlinkSync(join(target, file), this.path('node_modules', '.bin', name))
    }
  }
}

export function runNode(folder: string, ...argv: string[]): Outcome {
  return run(process.execPath, argv, folder)
}

function run(command: string, argv: readonly string[], folder: string): Outcome {
  // What npm tells the scripts it runs is about this project: npm, run from within them, would take it for its own.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(package|lifecycle)|^npm_config_local_prefix$|^(INIT_CWD|NODE_OPTIONS)$/.test(name),
    ),
  )
  const { status, stdout, stderr } = spawnSync(command, argv, { cwd: folder, env, encoding: 'utf8' })
  return { status, stdout, stderr }
}

function expectSuccess(what: string, outcome: Outcome): Outcome {
  if (outcome.status === 0) return outcome
  throw new Error(`${what} ended with ${outcome.status}:\n${outcome.stdout}${outcome.stderr}`)
}
