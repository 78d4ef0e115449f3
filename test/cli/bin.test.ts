/** The compiled program, started as a shell starts it. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { TICK, Workspace } from './workspace.support.ts'

const manifestUrl = new URL('../../package.json', import.meta.url)
const manifest = JSON.parse(readFileSync(manifestUrl, 'utf8'))
const bin = fileURLToPath(new URL(manifest.bin.mmapforge, manifestUrl))

describe('the compiled program', () => {
  it('generates, passes on the exit code, and prints no stack', () => {
    if (!existsSync(bin)) throw new Error(`${bin} is missing: run "npm run build" first`)
    const work = new Workspace({ 'tick.ts': TICK, 'bad.ts': '' })
    const start = (...argv: string[]) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...argv], {
        cwd: work.folder,
        encoding: 'utf8',
      })
      return { status, stdout, stderr }
    }
    expect(start('--version')).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: '' })
    expect(start('generate', 'tick.ts')).toEqual({
      status: 0,
      stdout: 'tick.store.ts: TickStore, 4 fields, 104 bytes a record\n',
      stderr: '',
    })
    expect(work.files()).toEqual(['bad.ts', 'tick.store.ts', 'tick.ts'])
    const { status, stderr } = start('generate', 'bad.ts')
    expect(status).toBe(1)
    expect(stderr).toMatch(/^bad\.ts:1:1: no annotated interface[^\n]*\n$/)
    expect(start('forge').status).toBe(2)
  })

  it('starts with the line that makes it a program', () => {
    expect(readFileSync(bin, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
  })
})
