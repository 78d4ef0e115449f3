/** A temporary folder and a captured terminal, in which a test runs commands. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { run } from '../../src/cli/run.ts'

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export class Workspace {
  readonly folder: string

  /** Made for one test, and removed when that ends. */
  constructor(files: Readonly<Record<string, string>> = {}) {
    this.folder = mkdtempSync(join(tmpdir(), 'mmapforge-cli-'))
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }))
    for (const [name, text] of Object.entries(files)) this.write(name, text)
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true })
    writeFileSync(this.path(name), text)
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8')
  }

  /** Every file below the folder, sorted. */
  files(): string[] {
    return readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.folder.length + 1))
      .sort()
  }

  async run(...argv: string[]): Promise<Outcome> {
    const written = { stdout: '', stderr: '' }
    const code = await run(argv, {
      stdout: { write: (text) => (written.stdout += text) },
      stderr: { write: (text) => (written.stderr += text) },
      cwd: this.folder,
    })
    return { code, ...written }
  }
}

/** The annotated file of the documentation. */
export const TICK = `import type { float64, str, uint64 } from 'mmapforge'

/** @mmapforge version=1 */
export interface Tick {
  symbol: str<64>
  price: float64
  volume: float64
  /** @mmap ts_ns */
  timestamp: uint64
}
`

/** A record of one field. */
export const flag = (name: string): string =>
  `/** @mmapforge version=2 */\nexport interface ${name} { on: bool }\n`
