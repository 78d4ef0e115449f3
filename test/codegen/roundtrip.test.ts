/**
 * Random schemas: annotated, parsed, generated, compiled by a strict user, then worked with, against a model. Set
 * MMAPFORGE_SEED to replay a run, MMAPFORGE_SCHEMAS and MMAPFORGE_RUNS for more of them.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAnnotated } from '../../src/codegen/annotations/parse.ts'
import { closureStore } from '../../src/codegen/closures/store.ts'
import { emittedStore } from '../../src/codegen/compile.ts'
import { emitModule } from '../../src/codegen/emit/module.ts'
import { defineRecord } from '../../src/schema/definition.ts'
import { makeSchema } from '../../src/schema/schema.ts'
import { annotatedText } from '../support/annotated-text.ts'
import type { AnyStoreClass } from '../support/any-store.ts'
import { MODES, operationsArbitrary, runOperations } from '../support/operations.ts'
import { schemaArbitrary } from '../support/schemas.ts'
import { fastPath } from '../support/temp.ts'
import { compileProject, writeProject } from './project.support.ts'

const setting = (name: string, fallback: number): number => Number(process.env[name] ?? fallback)

const seed = setting('MMAPFORGE_SEED', Math.floor(Math.random() * 2 ** 31))
const schemaCount = setting('MMAPFORGE_SCHEMAS', 30)
const numRuns = setting('MMAPFORGE_RUNS', 6)
console.log(`random schemas: MMAPFORGE_SEED=${seed}`)

const schemas = fc
  .sample(schemaArbitrary(), { seed, numRuns: schemaCount })
  .map((schema, i) => makeSchema({ ...schema, name: `S${i}` }))

describe('random schemas', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mmapforge-roundtrip-'))
    writeProject(folder, schemas)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('are what the parser makes of their annotated form', () => {
    for (const schema of schemas) expect(parseAnnotated(annotatedText(schema), 'any.ts')).toEqual([schema])
  })

  it('are emitted the same every time', () => {
    for (const schema of schemas) {
      expect(emitModule([schema], 'any.ts')).toBe(emitModule([structuredClone(schema)], 'any.ts'))
    }
  })

  describe('compiled by a strict user', () => {
    it('of a bundler', () => {
      expect(compileProject(folder, 'bundler')).toBe('')
    })

    it('of Node.js, and work as the model does', async () => {
      expect(compileProject(folder, 'nodenext')).toBe('')
      for (const schema of schemas) {
        const url = pathToFileURL(join(folder, 'out', `${schema.name}.store.js`)).href
        const module = (await import(/* @vite-ignore */ url)) as Record<string, AnyStoreClass>
        checkAgainstModel(schema, module[`${schema.name}Store`] as AnyStoreClass)
      }
    })
  })

  it('compiled at run time work as the model does', () => {
    for (const schema of schemas) checkAgainstModel(schema, emittedStore(defineRecord(schema)))
  })

  it('made of closures work as the model does', () => {
    for (const schema of schemas) checkAgainstModel(schema, closureStore(defineRecord(schema)))
  })
})

function checkAgainstModel(schema: (typeof schemas)[number], make: AnyStoreClass): void {
  fc.assert(
    fc.property(operationsArbitrary(schema), fc.constantFrom(undefined, ...MODES), (operations, options) => {
      runOperations(make, schema, operations, options === undefined ? ':memory:' : fastPath(), options)
    }),
    { seed, numRuns },
  )
}
