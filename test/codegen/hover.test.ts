/** What editors show of accessors: the field, its type and its size, and what its owner wrote of it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AccessorKind, accessorName } from '../../src/schema/accessor-names.ts'
import {
  describeType,
  extraAccessorsOf,
  FIELD_TYPES,
  type FieldTypeName,
  isEnum,
  isSized,
} from '../../src/schema/field-types.ts'
import { makeSchema, type SchemaField } from '../../src/schema/schema.ts'
import { MARK, newestHovers, oldestHovers } from './hover.support.ts'
import { writeProject } from './project.support.ts'

const DOC = 'Who is traded.'

/** A field of each type, but for labels of two bytes; the first has documentation. */
const fields = (['str', ...Object.keys(FIELD_TYPES)] as FieldTypeName[])
  .filter((type) => type !== 'enum16')
  .map((type, i): SchemaField => {
    const property = i === 0 ? 'documented' : `${type}Field`
    return {
      property,
      name: property,
      type,
      maxBytes: isSized(type) ? 16 : 0,
      ...(isEnum(type) && { labels: ['buy', 'sell'] }),
      ...(i === 0 && { doc: DOC }),
    }
  })

const accessors = fields.flatMap((field) => {
  const kinds: readonly AccessorKind[] = ['get', 'set', ...extraAccessorsOf(field.type)]
  return kinds.map((kind) => ({ field, name: accessorName(kind, field.property) }))
})

/** Names each accessor, then calls each. */
function programOf(makeStore: string): string {
  const calls = accessors.map(({ name }) => `{ const f = store.${name}${MARK}; void f }`)
  const called = accessors.map(({ name }) => `store.${name}${MARK}(...args('${name}'))`)
  return [
    makeStore,
    'type Args<K extends keyof typeof store> = (typeof store)[K] extends (...args: infer A) => unknown ? A : never',
    'declare function args<K extends keyof typeof store>(name: K): Args<K>;',
    ...calls,
    ...called,
    ...fields.map(({ property }) => `void store.cursor().${property}${MARK}`),
    ...fields.map(({ property }) => `void store.get(0).${property}${MARK}`),
    '',
  ].join('\n')
}

const typeText = ({ type, maxBytes }: SchemaField): string =>
  isSized(type) ? `${type}(${maxBytes})` : isEnum(type) ? "enums('buy', 'sell')" : type

const INFERRED = `import {
  defineStore, ${[...new Set(fields.map(({ type }) => (isEnum(type) ? 'enums' : type)))].join(', ')},
} from 'mmapforge'
const store = defineStore('Every', { version: 1 }, {
${fields.map((field) => `  ${field.doc === undefined ? '' : `/** ${field.doc} */ `}${field.property}: ${typeText(field)},`).join('\n')}
}).create(':memory:')`

describe.each([
  { compiler: 'newest', hoversOf: newestHovers },
  { compiler: 'oldest', hoversOf: oldestHovers },
])('what the $compiler compiler shows', ({ compiler, hoversOf }) => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mmapforge-hover-'))
    writeProject(folder, [makeSchema({ name: 'Every', version: 1, fields })])
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  async function hoversIn(program: string) {
    const file = join(folder, 'program.ts')
    writeFileSync(file, program)
    const all = await hoversOf(file)
    expect(all.length).toBe(2 * accessors.length + 2 * fields.length)
    const take = (count: number) => all.splice(0, count)
    const [named, called] = [take(accessors.length), take(accessors.length)]
    return { named, called, ofCursor: take(fields.length), ofRecord: take(fields.length) }
  }

  it('of what is generated: the field, its type and its size, after what its owner wrote', async () => {
    const makeStore =
      "import { EveryStore } from './Every.store.js'\nconst store = EveryStore.create(':memory:')"
    const { named, called, ofCursor, ofRecord } = await hoversIn(programOf(makeStore))
    for (const [i, { field }] of accessors.entries()) {
      for (const hover of [named[i], called[i]]) {
        expect(hover).toContain(`\`${field.property}\` (${describeType(field)})`)
        if (field.doc !== undefined)
          expect(hover).toMatch(/\bWho is traded\. (Reads|Writes|The|Whether|Atomically) /)
      }
    }
    for (const [i, field] of fields.entries()) {
      for (const hover of [ofCursor[i], ofRecord[i]]) {
        expect(hover).toContain(`${field.doc === undefined ? '' : `${field.doc} `}${describeType(field)}.`)
      }
    }
  })

  it('of what is inferred: the field, its type and its size, and what the accessor does where it is called', async () => {
    const { named, called, ofCursor, ofRecord } = await hoversIn(programOf(INFERRED))
    for (const [i, { field }] of accessors.entries()) {
      const type = isEnum(field.type)
        ? 'enums, 1 or 2 bytes'
        : describeType(field).replaceAll('`', '').replace(':', ',')
      for (const hover of [named[i], called[i]]) expect(hover).toContain(`"${field.property}: ${type}"`)
      expect(called[i]).toMatch(
        /\n(Reads|Writes|The bytes of|Whether|Atomically (adds|sets))\b.* field\b.*\.$/,
      )
    }
    // The newest does not yet look for the comments of what a mapped type maps.
    if (compiler === 'oldest') for (const hover of [ofCursor[0], ofRecord[0]]) expect(hover).toContain(DOC)
  })
})
