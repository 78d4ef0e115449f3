/** The rules of the house that no linter knows. Each lists its offenders; each is shown to find one. */
import { describe, expect, it } from 'vitest'
import { importedFile, placesOf, readText, type Source, sourceOf, sourcesOf } from './sources.support.ts'

const MAX_LINES = 250

/** The stages that data passes, from the lowest; each imports what stands before it. Neither of the last two imports the other. */
const STAGES = ['errors', 'schema', 'format', 'os', 'region', 'store', 'codegen', 'cli', 'index']
const ENDS = ['cli', 'index']

/** Packages, and the one file that may import each. Users get the first installed; the build puts the second into the package. */
const PACKAGES = { koffi: 'src/os/koffi.ts', '@babel/parser': 'src/codegen/annotations/parser.ts' }
const FILES_OF_PACKAGES = new Map(Object.entries(PACKAGES))

const src = sourcesOf('src')
const everything = [...src, ...sourcesOf('test', 'examples', 'bench')]

/** `errors` for src/errors.ts, `store` for src/writers/writer-lock.ts; src/runtime.ts is the part of `codegen` that code it made needs. */
function stageOf(path: string): string {
  return path === 'src/runtime.ts' ? 'codegen' : (path.split('/')[1]?.replace(/\.ts$/, '') as string)
}

function againstTheStages(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const own = stageOf(source.path)
    return source.imports.flatMap((specifier) => {
      const file = importedFile(source, specifier)
      if (file === undefined || stageOf(file) === own) return []
      const other = stageOf(file)
      const stands =
        STAGES.indexOf(other) < STAGES.indexOf(own) && !(ENDS.includes(own) && ENDS.includes(other))
      return STAGES.includes(other) && stands ? [] : [`${source.path} imports ${file}`]
    })
  })
}

/** Packages named in another file than their own, and imports of packages that have none. */
function strayPackages(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, imports, nodes }) => {
    const unknown = imports.filter((name) => !/^(\.|node:)/.test(name) && !FILES_OF_PACKAGES.has(name))
    const named = nodes.flatMap(({ type, value }) => (type === 'StringLiteral' ? [value as string] : []))
    const stray = named.filter((name) => (FILES_OF_PACKAGES.get(name) ?? path) !== path)
    return [...unknown, ...stray].map((name) => `${path} imports ${name}`)
  })
}

function isMember(node: { type: string; [key: string]: unknown }, object: RegExp, property: RegExp): boolean {
  if (node.type !== 'MemberExpression') return false
  const names = [node['object'], node['property']] as { name?: string }[]
  return object.test(names[0]?.name ?? '') && property.test(names[1]?.name ?? '')
}

const isConsole = (node: Source['nodes'][number]) => isMember(node, /^console$/, /./)
const isAny = ({ type }: Source['nodes'][number]) => type === 'TSAnyKeyword'
const isDefaultExport = ({ type }: Source['nodes'][number]) => type === 'ExportDefaultDeclaration'
const isLeftOut = (node: Source['nodes'][number]) =>
  isMember(node, /^(it|test|describe)$/, /^(only|skip|todo)$/)
/** `skipIf(hasNoDisk)` says why; `skipIf(true)` does not. */
const isSkippedWithoutReason = ({ type, callee, arguments: values }: Source['nodes'][number]) =>
  type === 'CallExpression' &&
  isMember(callee as Source['nodes'][number], /^(it|test|describe)$/, /^(skipIf|runIf)$/) &&
  /Literal$/.test((values as { type: string }[])[0]?.type ?? '')
const isBareError = ({ type, callee }: Source['nodes'][number]) =>
  type === 'NewExpression' && (callee as { name?: string }).name === 'Error'

function unfinished(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, comments }) =>
    comments
      .filter(({ value }) => /\b(TODO|FIXME|XXX|HACK)\b/.test(value as string))
      .map(({ loc }) => `${path}:${loc.start.line}`),
  )
}

function tooLong(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => !path.endsWith('.store.ts')) // generated
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > MAX_LINES)
    .map(({ path, lines }) => `${path}: ${lines} lines`)
}

/** Files that load themselves, by way of others. */
function inCycles(sources: readonly Source[]): string[] {
  const files = new Map(sources.map((source) => [source.path, source]))
  const needs = (path: string) => {
    const source = files.get(path)
    return source?.loads.flatMap((specifier) => importedFile(source, specifier) ?? []) ?? []
  }
  return [...files.keys()].filter((path) => {
    const seen = new Set(needs(path))
    for (const file of seen) for (const next of needs(file)) seen.add(next)
    return seen.has(path)
  })
}

/** Every file that some files need, themselves included. */
function reachable(from: readonly string[]): Set<string> {
  const sources = new Map(src.map((source) => [source.path, source]))
  const seen = new Set(from)
  for (const path of seen) {
    const source = sources.get(path)
    for (const specifier of source?.imports ?? []) {
      const file = source && importedFile(source, specifier)
      if (file !== undefined) seen.add(file)
    }
  }
  return seen
}

/** A rule holds for the project, and finds what breaks it. */
function rule(
  name: string,
  sources: readonly Source[],
  find: (sources: readonly Source[]) => string[],
  bad: Source,
): void {
  it(name, () => {
    expect(find([bad])).toHaveLength(1)
    expect(find(sources)).toEqual([])
  })
}

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const bad = (text: string, path = 'src/format/bad.ts') => sourceOf(path, text)

describe('the rules of the house', () => {
  rule(
    'a folder imports only what stands below it',
    src,
    againstTheStages,
    bad(`import { a } from '../store/a.ts'`),
  )
  rule(
    'index.ts and the commands do not import each other',
    src,
    againstTheStages,
    bad(`export * from './cli/a.ts'`, 'src/index.ts'),
  )
  rule('no file loads itself by way of others', src, inCycles, bad(`import './bad.ts'`))
  rule('each package has one file that names it', src, strayPackages, bad(`const koffi = require('koffi')`))
  rule(`no file is longer than ${MAX_LINES} lines`, everything, tooLong, bad(`${'\n'.repeat(MAX_LINES)}a()`))
  rule('nothing is exported by default', src, (s) => placesOf(s, isDefaultExport), bad('export default 1'))
  rule('nothing is any', src, (s) => placesOf(s, isAny), bad('export const a = 1 as any'))
  rule('every error has a code', src, (s) => placesOf(s, isBareError), bad(`throw new Error('bad')`))
  rule('only a command prints', src, (s) => placesOf(s, isConsole), bad(`console.log('hello')`))
  rule('nothing is left unfinished', everything, unfinished, bad('// TODO: the rest'))
  rule('every test runs', everything, (s) => placesOf(s, isLeftOut), bad(`it.only('runs', () => 1)`))
  rule(
    'what skips a test has a name',
    everything,
    (s) => placesOf(s, isSkippedWithoutReason),
    bad(`it.skipIf(true)('is skipped', () => 1)`),
  )

  it('of the packages, users get koffi installed and nothing else', () => {
    const { dependencies } = JSON.parse(readText('package.json'))
    expect(Object.keys(dependencies)).toEqual(['koffi'])
  })

  it('the lock file has every package that it names: npm drops those that a registry lacks, and then refuses to install', () => {
    const { packages } = JSON.parse(readText('package-lock.json')) as { packages: Record<string, Locked> }
    const named = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies),
    )
    expect(named.filter((name) => packages[`node_modules/${name}`] === undefined)).toEqual([])
  })

  it('every source file is used', () => {
    const used = reachable(['src/index.ts', 'src/runtime.ts', 'src/cli/main.ts'])
    expect(src.map(({ path }) => path).filter((path) => !used.has(path))).toEqual([])
  })

  it('a program that imports mmapforge does not load the parser of TypeScript', () => {
    const used = [...reachable(['src/index.ts', 'src/runtime.ts'])]
    expect(used).toContain('src/store/store-base.ts')
    expect(used).not.toContain(PACKAGES['@babel/parser'])
  })

  it('schema and format are pure: they import nothing that reads or writes', () => {
    const pure = src.filter(({ path }) => /^src\/(schema|format)\//.test(path))
    const builtins = pure.flatMap(({ imports }) => imports.filter((name) => name.startsWith('node:')))
    expect([...new Set(builtins)]).toEqual(['node:crypto'])
  })
})
