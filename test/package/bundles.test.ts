/** Programs that a bundler made one file of, or whose files a tracer found, run where the package itself is not. */
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeFileTrace } from '@vercel/nft'
import { build as esbuild } from 'esbuild'
import { build as rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { IMPORTS, PRINTED, programWith } from './program.support.ts'
import { runNode, UserProject } from './user-project.support.ts'

let project: UserProject
/** Where the result is run. */
let elsewhere: string
beforeAll(() => {
  project = new UserProject()
  project.write('program.mjs', programWith(IMPORTS))
  elsewhere = mkdtempSync(join(tmpdir(), 'mmapforge-bundles-'))
  for (const name of ['koffi', '@koromix']) copy('node_modules', name)
})
afterAll(() => {
  project.remove()
  rmSync(elsewhere, { recursive: true, force: true })
})

function copy(...names: string[]): void {
  cpSync(project.path(...names), join(elsewhere, ...names), { recursive: true, dereference: true })
}

type Format = 'esm' | 'cjs'
type Bundler = (format: Format, input: string, output: string) => Promise<unknown>

/** With koffi external, as the documentation says: its binaries can't be in a bundle. */
const BUNDLERS: Readonly<Record<string, Bundler>> = {
  esbuild: (format, input, outfile) =>
    esbuild({ entryPoints: [input], outfile, format, bundle: true, platform: 'node', external: ['koffi'] }),
  rolldown: (format, input, file) =>
    rolldown({ input, platform: 'node', external: ['koffi'], output: { file, format } }),
}

describe.each(Object.entries(BUNDLERS))('%s', (name, bundle) => {
  it.each(['esm', 'cjs'] as const)('bundles a program, as %s', async (format) => {
    const file = join(elsewhere, `${name}-${format}.${format === 'esm' ? 'mjs' : 'cjs'}`)
    await bundle(format, project.path('program.mjs'), file)
    // Bundlers say in comments where each part comes from.
    const code = readFileSync(file, 'utf8').replace(/^\s*\/\/.*$/gm, '')
    expect(code).not.toContain(project.folder)
    expect(runNode(elsewhere, file)).toEqual(PRINTED)
  })
})

describe('file tracing', () => {
  it('finds all files but the binary of koffi', async () => {
    const folder = realpathSync(project.folder)
    const { fileList } = await nodeFileTrace([join(folder, 'program.mjs')], { base: folder })
    const traced = join(elsewhere, 'traced')
    for (const name of fileList) cpSync(join(folder, name), join(traced, name))
    const binaries = `node_modules/@koromix/koffi-${process.platform}-${process.arch}`
    expect([...fileList]).toEqual(
      expect.arrayContaining(['node_modules/koffi/index.cjs', `${binaries}/index.js`]),
    )
    expect(runNode(traced, 'program.mjs').stderr).toContain('ERR_UNSUPPORTED_PLATFORM')
    cpSync(join(folder, binaries), join(traced, binaries), { recursive: true })
    expect(runNode(traced, 'program.mjs')).toEqual(PRINTED)
  })
})
