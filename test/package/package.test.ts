/** The package as its users get it: packed, installed into an empty project, imported in every way. */
import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sourceOf } from '../house/sources.support.ts'
import { ROOT } from '../support/project.ts'
import { IMPORTS, PRINTED, programWith, REQUIRES } from './program.support.ts'
import { UserProject } from './user-project.support.ts'

const MAX_TARBALL_BYTES = 352 * 1024
const PARSER_FILE = 'dist/codegen/annotations/parser.js'
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

let project: UserProject
beforeAll(() => {
  project = new UserProject()
}, 120_000)
afterAll(() => project.remove())

describe('the tarball', () => {
  it('holds the compiled sources with their types, the documents, and nothing else', () => {
    const files = project.installedFiles()
    const stray = files.filter((name) => !isWanted(name))
    expect(stray, 'built from sources that are gone? remove dist and build again').toEqual([])
    for (const name of ['README.md', 'LICENSE', 'CHANGELOG.md', 'docs/format.md', 'docs/memory-model.md']) {
      expect(files).toContain(name)
    }
    for (const name of ['index.js', 'index.d.ts', 'runtime.js', 'runtime.d.ts', 'cli/main.js']) {
      expect(files).toContain(`dist/${name}`)
    }
  })

  it('brings koffi and nothing else', () => {
    expect(Object.keys(JSON.parse(project.read('node_modules/mmapforge/package.json')).dependencies)).toEqual(
      ['koffi'],
    )
    // @koromix has the binaries of koffi.
    expect(project.installedPackages()).toEqual(['@koromix', 'koffi', 'mmapforge'])
  })

  it('imports no package: koffi is required when it is needed, and the parser of the generator is a file', () => {
    const code = project.installedFiles().filter((name) => /^dist\/.*(\.js|\.d\.ts)$/.test(name))
    expect(code).toContain(PARSER_FILE)
    const imports = code.flatMap((name) => sourceOf(name, project.read(packagePath(name))).imports)
    expect(imports).toContain('./parser.js')
    expect(imports.filter((name) => !/^(\.|node:)/.test(name))).toEqual([])
  })

  it('has the licence of the parser', () => {
    const parser = join(ROOT, 'node_modules', '@babel', 'parser')
    const { version } = JSON.parse(readFileSync(join(parser, 'package.json'), 'utf8'))
    const licenses = project.read(packagePath('dist/THIRD-PARTY-LICENSES.txt'))
    expect(licenses).toContain(`\n@babel/parser ${version} (MIT)\n`)
    expect(licenses).toContain(readFileSync(join(parser, 'LICENSE'), 'utf8').trim())
    expect(project.read(packagePath(PARSER_FILE))).toMatch(/^\/\*!.* THIRD-PARTY-LICENSES\.txt/)
  })

  it(`takes at most ${MAX_TARBALL_BYTES / 1024} KiB`, () => {
    console.log(`the tarball takes ${(project.tarballBytes / 1024).toFixed(1)} KiB`)
    expect(project.tarballBytes).toBeLessThan(MAX_TARBALL_BYTES)
  })

  it('runs nothing when it is installed', () => {
    const { scripts } = JSON.parse(project.read('node_modules/mmapforge/package.json'))
    const atInstall = ['preinstall', 'install', 'postinstall', 'prepare']
    expect(Object.keys(scripts).filter((name) => atInstall.includes(name))).toEqual([])
  })
})

const packagePath = (name: string): string => `node_modules/mmapforge/${name}`

/** Whether a file of the package has a source that it was made from, or is a document. */
function isWanted(name: string): boolean {
  if (['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'].includes(name)) return true
  if (name === 'dist/THIRD-PARTY-LICENSES.txt') return true
  if (/^docs\/([\w-]+\/)?[\w-]+\.(md|svg)$/.test(name)) return true
  const source = /^dist\/(.+?)(\.d\.ts|\.js)$/.exec(name)?.[1]
  return source !== undefined && existsSync(join(ROOT, 'src', `${source}.ts`))
}

describe('JavaScript', () => {
  it('imports it', () => {
    project.write('use.mjs', programWith(IMPORTS))
    expect(project.node('use.mjs')).toEqual(PRINTED)
  })

  it('requires it', () => {
    project.write('use.cjs', programWith(REQUIRES))
    expect(project.node('use.cjs')).toEqual(PRINTED)
  })

  it('reaches nothing but the two entry points', () => {
    const { status, stderr } = project.node('-e', "import('mmapforge/dist/protocol/seqlock.js')")
    expect(stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED')
    expect(status).toBe(1)
  })
})

describe('the command', () => {
  it('says its version and generates a store', () => {
    expect(project.run('npx', '--no-install', 'mmapforge', '--version')).toBe(`${manifest.version}\n`)
    project.write('tick.ts', readFileSync(join(ROOT, 'examples/quickstart/tick.ts'), 'utf8'))
    expect(project.run('npx', '--no-install', 'mmapforge', 'generate', 'tick.ts')).toBe(
      'tick.store.ts: TickStore, 4 fields, 56 bytes a record\n',
    )
  })

  it('alone needs the parser of TypeScript: a program runs without that file', () => {
    const [parser, aside] = [project.path(packagePath(PARSER_FILE)), project.path('parser-aside.js')]
    renameSync(parser, aside)
    try {
      project.write('without-parser.mjs', programWith(IMPORTS))
      expect(project.node('without-parser.mjs')).toEqual(PRINTED)
      const command = project.node(packagePath('dist/cli/main.js'), 'generate', 'tick.ts')
      expect(command.stderr).toMatch(/annotations\/parser\.js.*ERR_MODULE_NOT_FOUND/s)
    } finally {
      renameSync(aside, parser)
    }
  })
})
