/** The rooms of the house: what each may import, and where its tests are. */
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { rule } from './rule.support.ts'
import { filesOf, importedFile, type Source, sourceOf, sourcesOf } from './sources.support.ts'

/** The rooms by step, from the lowest: each imports what stands on lower steps, none what stands beside it. */
const STEPS = [
  ['errors', 'align'],
  ['schema', 'protocol', 'os'],
  ['format', 'region', 'values'],
  ['writers', 'waiting'],
  ['store'],
  ['codegen'],
  ['cli', 'index'],
]
/** They neither read nor write anything, and stand on nothing that does. */
const PURE = ['errors', 'align', 'schema', 'protocol', 'format']
/** The folders of test/ that mirror no room. */
const NO_ROOMS = [
  'bench',
  'examples',
  'faults',
  'fixtures',
  'house',
  'model',
  'package',
  'processes',
  'realms',
  'runtimes',
  'support',
  'torture',
  'types',
]

const src = sourcesOf('src')
const tests = filesOf(['test'], '.ts')

/** `errors` for src/errors.ts, `store` for src/store/opening.ts; src/runtime.ts is the part of `codegen` that code it made needs. */
function roomOf(path: string): string {
  return path === 'src/runtime.ts' ? 'codegen' : (path.split('/')[1]?.replace(/\.ts$/, '') as string)
}

/** What a source imports from other rooms. */
function importedRooms(source: Source): { file: string; room: string }[] {
  return source.imports
    .map((specifier) => importedFile(source, specifier))
    .filter((file) => file !== undefined)
    .map((file) => ({ file, room: roomOf(file) }))
    .filter(({ room }) => room !== roomOf(source.path))
}

function againstTheSteps(sources: readonly Source[]): string[] {
  const stepOf = (room: string): number => STEPS.findIndex((rooms) => rooms.includes(room))
  return sources.flatMap((source) =>
    importedRooms(source)
      .filter(({ room }) => stepOf(room) === -1 || stepOf(room) >= stepOf(roomOf(source.path)))
      .map(({ file }) => `${source.path} imports ${file}`),
  )
}

function inNoRoom(sources: readonly Source[]): string[] {
  const rooms = STEPS.flat()
  return sources.map(({ path }) => path).filter((path) => !rooms.includes(roomOf(path)))
}

/** Files that need themselves by way of others, if only for a type. */
function inCircles(sources: readonly Source[]): string[] {
  const files = new Map(sources.map((source) => [source.path, source]))
  const needs = (path: string) => {
    const source = files.get(path)
    return source?.imports.flatMap((specifier) => importedFile(source, specifier) ?? []) ?? []
  }
  return [...files.keys()].filter((path) => {
    const seen = new Set(needs(path))
    for (const file of seen) for (const next of needs(file)) seen.add(next)
    return seen.has(path)
  })
}

/** Imports of pure rooms that are not pure: rooms, and modules of the runtime but the one that hashes. */
function impurities(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => PURE.includes(roomOf(path)))
    .flatMap((source) => [
      ...importedRooms(source)
        .filter(({ room }) => !PURE.includes(room))
        .map(({ file }) => `${source.path} imports ${file}`),
      ...source.imports
        .filter((name) => name.startsWith('node:') && name !== 'node:crypto')
        .map((name) => `${source.path} imports ${name}`),
    ])
}

/** Folders of sources without a folder of tests. */
function withoutMirror(sources: readonly Source[]): string[] {
  const folders = new Set(sources.map(({ path }) => dirname(path)).filter((folder) => folder !== 'src'))
  const mirrorOf = (folder: string): string => folder.replace(/^src/, 'test')
  return [...folders].filter(
    (folder) => !tests.some((test) => test.startsWith(`${mirrorOf(folder)}/`) && test.endsWith('.test.ts')),
  )
}

/** Files that a runner of tests does not run, beside tests, whose names do not tell what they are. */
function unnamedParts(paths: readonly string[]): string[] {
  const isPart = /(\.(test|suite|support)|\/support)\.ts$|\/support\//
  const isProgram = (path: string): boolean =>
    ['faults', 'model', 'realms', 'runtimes', 'torture'].includes(roomOf(path))
  const isOther = (path: string): boolean => ['fixtures', 'processes', 'types'].includes(roomOf(path))
  return paths.filter((path) => !isPart.test(path) && !isProgram(path) && !isOther(path))
}

const at = (path: string, text: string): Source => sourceOf(path, text)

describe('the rooms', () => {
  rule(
    'import what stands on lower steps only',
    src,
    againstTheSteps,
    at('src/errors.ts', `import type { Schema } from './schema/schema.ts'`),
    at('src/align.ts', `import { show } from './errors.ts'`),
    at('src/schema/bad.ts', `import { beginRead } from '../protocol/seqlock.ts'`),
    at('src/protocol/bad.ts', `import type { Os } from '../os/os.ts'`),
    at('src/os/bad.ts', `import { encodeHeader } from '../format/header.ts'`),
    at('src/format/bad.ts', `import { a } from '../region/a.ts'`),
    at('src/region/bad.ts', `import { a } from '../values/a.ts'`),
    at('src/values/bad.ts', `import { a } from '../writers/a.ts'`),
    at('src/writers/bad.ts', `import type { A } from '../waiting/a.ts'`),
    at('src/waiting/bad.ts', `import type { A } from '../writers/a.ts'`),
    at('src/writers/bad.ts', `import type { A } from '../store/a.ts'`),
    at('src/waiting/bad.ts', `const a = await import('../store/a.ts')`),
    at('src/store/bad.ts', `import { a } from '../runtime.ts'`),
    at('src/codegen/emit/bad.ts', `import { a } from '../../cli/a.ts'`),
    at('src/cli/bad.ts', `import { a } from '../index.ts'`),
    at('src/index.ts', `export * from './cli/a.ts'`),
    at('src/store/bad.ts', `import { a } from '../attic/a.ts'`),
  )

  it('import all of those', () => {
    const good = [
      at('src/schema/good.ts', `import { a } from '../errors.ts'`),
      at('src/format/good.ts', `import { a } from '../schema/a.ts'`),
      at('src/store/good.ts', `import { a } from '../writers/a.ts'; import { b } from './b.ts'`),
      at('src/index.ts', `export * from './codegen/a.ts'; export * from './errors.ts'`),
    ]
    expect(againstTheSteps(good)).toEqual([])
  })

  rule('are these, and no others', src, inNoRoom, at('src/attic/bad.ts', ''), at('src/bad.ts', ''))

  rule(
    'have no circles, of types neither',
    src,
    inCircles,
    at('src/store/bad.ts', `import './bad.ts'`),
    at('src/store/bad.ts', `import type { A } from './bad.ts'`),
  )

  it('have no circle of several files', () => {
    const circle = [
      at('src/store/a.ts', `import './b.ts'`),
      at('src/store/b.ts', `import type { C } from './c.ts'`),
      at('src/store/c.ts', `export { type A } from './a.ts'`),
    ]
    expect(inCircles([...circle, at('src/store/d.ts', `import './a.ts'`)])).toEqual(
      circle.map(({ path }) => path),
    )
  })

  rule(
    'that are pure import nothing that reads or writes',
    src,
    impurities,
    at('src/format/bad.ts', `import { readSync } from 'node:fs'`),
    at('src/schema/bad.ts', `import type { Stats } from 'node:fs'`),
    at('src/protocol/bad.ts', `import { hrtime } from 'node:process'`),
    at('src/errors.ts', `import { inspect } from 'node:util'`),
    at('src/format/bad.ts', `import type { Os } from '../os/os.ts'`),
  )
})

describe('the tests', () => {
  rule('mirror the rooms', src, withoutMirror, at('src/attic/bad.ts', ''), at('src/store/attic/bad.ts', ''))

  it('are in a folder of a room, or in one of those that mirror none', () => {
    const rooms = STEPS.flat()
    const folders = new Set(tests.map((path) => path.split('/')[1] as string))
    expect([...folders].filter((name) => !rooms.includes(name) && !NO_ROOMS.includes(name))).toEqual([])
  })

  it('can be told from their parts by name', () => {
    expect(unnamedParts(['test/store/bad.ts', 'test/store/good.suite.ts', 'test/store/support.ts'])).toEqual([
      'test/store/bad.ts',
    ])
    expect(unnamedParts(tests)).toEqual([])
  })
})
