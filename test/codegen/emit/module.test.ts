/** The text of generated stores. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseAnnotated } from '../../../src/codegen/annotations/parse.ts'
import { BANNER, emitFunctionBody, emitModule } from '../../../src/codegen/emit/module.ts'
import { bool, type FieldType, str } from '../../../src/schema/annotations.ts'
import { makeSchema, type Schema, schemaFromFields } from '../../../src/schema/schema.ts'
import { expectError } from '../../support/expect-error.ts'
import { ROOT } from '../../support/project.ts'
import { schemaArbitrary } from '../../support/schemas.ts'
import { runTool } from '../project.support.ts'

const fixture = (name: string): string => readFileSync(join(ROOT, 'test/fixtures', name), 'utf8')
const schema = (name: string, fields: Readonly<Record<string, FieldType>>): Schema =>
  schemaFromFields(name, 1, fields)

describe('the checked-in stores', () => {
  it('are what the generator makes now; if not, run: node dist/cli/main.js generate test/fixtures/annotated.ts', () => {
    const text = emitModule(parseAnnotated(fixture('annotated.ts'), 'annotated.ts'), 'annotated.ts')
    expect(text).toBe(fixture('annotated.store.ts'))
  })

  it('are left alone by linter and formatter', () => {
    expect(checkWithLinter({ 'annotated.store.ts': fixture('annotated.store.ts') })).toBe('')
  })
})

it('names of ordinary length come out as linter and formatter would have them', () => {
  const seed = Number(process.env['MMAPFORGE_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  console.log(`ordinary schemas: MMAPFORGE_SEED=${seed}`)
  const schemas = fc.sample(schemaArbitrary({ isOrdinary: true }), { seed, numRuns: 40 })
  const files = schemas.map((each, i) => [`s${i}.store.ts`, emitModule([each], `s${i}.ts`)])
  expect(checkWithLinter(Object.fromEntries(files) as Record<string, string>)).toBe('')
})

describe('a module', () => {
  const tick = makeSchema({
    name: 'Tick',
    version: 3,
    doc: 'A trade.\n\nWith "quotes" and `code`.',
    fields: [
      { property: 'symbol', name: 'sym', type: 'str', maxBytes: 8, doc: 'Who is traded. Ends */ early.' },
      { property: 'price', name: 'price', type: 'float64', maxBytes: 0 },
    ],
  })
  const text = emitModule([tick], 'tick.ts')

  it('says that it is generated, and from what', () => {
    expect(text.startsWith(BANNER)).toBe(true)
    const [banner] = text.split('\n')
    expect(banner).toContain('from tick.ts')
    expect(banner).toContain('Do not edit')
    expect(text.endsWith('}\n')).toBe(true)
  })

  it('carries the documentation over, and lets no comment end early', () => {
    expect(text).toContain(
      '/**\n * A trade.\n *\n * With "quotes" and `code`.\n */\nexport interface TickRecord {',
    )
    for (const [owner, says] of [
      ['symbol: string', '`str(8)`: at most 8 bytes.'],
      ['getSymbol(', 'Reads `symbol` (`str(8)`: at most 8 bytes).'],
      ['setSymbol(', 'Writes `symbol` (`str(8)`: at most 8 bytes).'],
    ])
      expect(text).toContain(`  /** Who is traded. Ends *\\/ early. ${says} */\n  ${owner}`)
  })

  it.each([
    ['a sentence', 'Last.', '/** Last. `bool`: 1 byte. */'],
    ['a phrase', 'is it on', '/**\n   * is it on\n   *\n   * `bool`: 1 byte.\n   */'],
    ['several lines', 'One.\nTwo.', '/**\n   * One.\n   * Two.\n   *\n   * `bool`: 1 byte.\n   */'],
    ['a tag', '@deprecated by is.', '/**\n   * `bool`: 1 byte.\n   *\n   * @deprecated by is.\n   */'],
    [
      'a sentence and a tag',
      'Is it on? See {@link Off}.\n\n@see off',
      '/**\n   * Is it on? See {@link Off}. `bool`: 1 byte.\n   *\n   * @see off\n   */',
    ],
  ])('adds the type to documentation that is %s', (_, doc, expected) => {
    const field = { property: 'on', name: 'on', type: 'bool', maxBytes: 0, doc } as const
    const flag = emitModule([makeSchema({ name: 'Flag', version: 1, fields: [field] })], 'flag.ts')
    expect(flag).toContain(`interface FlagRecord {\n  ${expected}\n  on: boolean\n}`)
  })

  it('makes no code from strings', () => {
    expect(text).not.toMatch(/\beval\b|\bFunction\b/)
  })

  it('imports the runtime, and nothing else', () => {
    expect(text.match(/from '[^']*'/g)).toEqual(["from 'mmapforge/runtime'"])
    const only = emitModule([schema('Flag', { on: bool })], 'flag.ts')
    expect(only).not.toContain('TextField')
    expect(text).toMatch(/^import \{ .*\bTextField\b.* \}/m)
  })

  it('has constant offsets, without a look at the schema', () => {
    // Record 0 starts at byte 64, and price 24 bytes into it.
    expect(text).toMatch(/f64\[[^\]]* \+ 11\]/)
    expect(text).not.toMatch(/layout|offset/i)
  })

  it('holds several records, in order', () => {
    const both = emitModule([tick, schema('Flag', { on: bool })], 'both.ts')
    expect(both.indexOf('class TickStore')).toBeLessThan(both.indexOf('class FlagStore'))
    expect(both.match(/^import \{/gm)).toHaveLength(1)
    expect(both.match(new RegExp(BANNER, 'g'))).toHaveLength(1)
  })

  it('quotes names in the file', () => {
    const fields = ["it's", '"', '\\', '$', '`', '😀'].map((name, i) => ({
      property: `p${i}`,
      name,
      type: 'bool' as const,
      maxBytes: 0,
    }))
    const quoted = emitModule([makeSchema({ name: 'Odd', version: 1, fields })], 'odd.ts')
    const literals = [...quoted.matchAll(/property: 'p\d', name: (.*), type/g)].map(
      ([, literal]) => literal as string,
    )
    expect(literals.map((literal) => new Function(`return ${literal}`)() as unknown)).toEqual(
      fields.map(({ name }) => name),
    )
  })
})

describe('names that a module would have twice', () => {
  it.each([
    ['two records of one name', [schema('Tick', { a: bool }), schema('Tick', { b: bool })], 'TickStore'],
    ['a text constant', [schema('Tick', { aB: str(8) }), schema('TickA', { b: str(8) })], 'TickABText'],
    ['a name of the runtime', [schema('define', { a: bool })], 'defineRecord'],
  ])('%s', (_, schemas, name) => {
    const error = expectError(() => emitModule(schemas, 'any.ts'), 'ERR_INVALID_SCHEMA')
    expect(error.message).toContain(`needs the name ${name}, which `)
  })
})

it('the body for run time is plain JavaScript that returns the class', () => {
  fc.assert(
    fc.property(schemaArbitrary(), (each) => {
      const body = emitFunctionBody(each)
      expect(() => new Function('runtime', 'definition', body)).not.toThrow()
      expect(body).toContain(`return ${each.name}Store`)
      expect(body).not.toMatch(/\b(import|export)\b/)
    }),
    { numRuns: 30 },
  )
})

/** Runs the project's linter and formatter over files in a folder; gives what it would have otherwise. */
function checkWithLinter(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'mmapforge-emit-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const settings = JSON.parse(readFileSync(join(ROOT, 'biome.json'), 'utf8')) as object
  const own = {
    ...settings,
    root: true,
    vcs: { enabled: false },
    files: { includes: ['**/*.ts'], maxSize: 10_000_000 },
  }
  writeFileSync(join(folder, 'biome.json'), JSON.stringify({ ...own, $schema: undefined }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return runTool(['@biomejs/biome/bin/biome', 'check', '--error-on-warnings', ...Object.keys(files)], folder)
}
