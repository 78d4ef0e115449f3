/** The rules of the house that no linter knows. Each lists its offenders; each is shown to find one. */
import { describe, expect, it } from 'vitest'
import { rule } from './rule.support.ts'
import { importedFile, placesOf, readText, type Source, sourceOf, sourcesOf } from './sources.support.ts'

/** Of a file. Its documentation, the rows of its tables and what is generated do not count: nothing is cut in two for those. */
const MAX_STATEMENTS = 250

/** Packages, and the one file that may import each. Users get the first installed; the build puts the second into the package. */
const PACKAGES = { koffi: 'src/os/koffi.ts', '@babel/parser': 'src/codegen/annotations/parser.ts' }
const FILES_OF_PACKAGES = new Map(Object.entries(PACKAGES))

const src = sourcesOf('src')
const everything = [...src, ...sourcesOf('test', 'examples', 'bench')]

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

/**
 * `instanceof` with another class than one of the project's own: under Jest, and in `node:vm`, there are two of each that the
 * language has.
 */
function askedOfOtherRealms(sources: readonly Source[]): string[] {
  return placesOf(sources, ({ type, operator, right }) => {
    const { name } = (right ?? {}) as { name?: string }
    return type === 'BinaryExpression' && operator === 'instanceof' && !OWN_CLASSES.has(name ?? '')
  })
}

const OWN_CLASSES = new Set(
  src
    .flatMap(({ nodes }) => nodes)
    .filter(({ type }) => type === 'ClassDeclaration')
    .map(({ id }) => (id as { name: string }).name),
)

/** Loops that have no end of their own, but for those that look at a deadline, or hand a value to whoever asked for it. */
function endlessLoops(sources: readonly Source[]): string[] {
  return sources.flatMap((source) =>
    placesOf([source], ({ type, test, start, end }) => {
      const isEndless =
        type === 'ForStatement' ? test === null : /^(DoW|W)hileStatement$/.test(type) && isTrue(test)
      const text = source.text.slice(start as number, end as number)
      return isEndless && !/\b(isOver|waitForStable|retryRead|yield)\b/.test(text)
    }),
  )
}

const isTrue = (test: unknown): boolean => {
  const { type, value } = test as Source['nodes'][number]
  return /Literal$/.test(type) && Boolean(value)
}

function unfinished(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, comments }) =>
    comments
      .filter(({ value }) => /\b(TODO|FIXME|XXX|HACK)\b/.test(value as string))
      .map(({ loc }) => `${path}:${loc.start.line}`),
  )
}

/** Statements, declarations, and members of classes and interfaces. */
const STATEMENT =
  /^(?!Block).*Statement$|^(Variable|Function|Class|Import|ExportAll|TSInterface|TSTypeAlias)Declaration$|^(Class|ClassPrivate|TSDeclare)(Method|Property)$|^TS(Property|Method)Signature$/

function tooLong(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => !path.endsWith('.store.ts'))
    .map(({ path, nodes }) => ({ path, count: nodes.filter(({ type }) => STATEMENT.test(type)).length }))
    .filter(({ count }) => count > MAX_STATEMENTS)
    .map(({ path, count }) => `${path}: ${count} statements`)
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

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const bad = (text: string, path = 'src/format/bad.ts') => sourceOf(path, text)

describe('the rules of the house', () => {
  rule('each package has one file that names it', src, strayPackages, bad(`const koffi = require('koffi')`))
  rule(
    `no file has more than ${MAX_STATEMENTS} statements`,
    everything,
    tooLong,
    bad('a();'.repeat(MAX_STATEMENTS + 1)),
    bad(`class A { ${'b() {};'.repeat(MAX_STATEMENTS)} }`),
  )
  rule('nothing is exported by default', src, (s) => placesOf(s, isDefaultExport), bad('export default 1'))
  rule('nothing is any', src, (s) => placesOf(s, isAny), bad('export const a = 1 as any'))
  rule('every error has a code', src, (s) => placesOf(s, isBareError), bad(`throw new Error('bad')`))
  rule(
    'what comes from elsewhere is known by its shape, not by its class',
    src,
    askedOfOtherRealms,
    bad(`const isBad = error instanceof RangeError`),
    bad(`const isBad = error instanceof globalThis.Error`),
  )
  rule(
    'nothing is tried for ever',
    src,
    endlessLoops,
    bad('for (;;) if (isThere()) break'),
    bad('for (let tries = 0; ; tries++) if (isThere()) break'),
    bad('while (true) if (isThere()) break'),
    bad('do { pause() } while (1)'),
  )
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
})
