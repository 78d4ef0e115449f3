/** A user's project: generated stores in a folder of their own, compiled by the user's strict compiler. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { emitModule } from '../../src/codegen/emit/module.ts'
import { accessorName } from '../../src/schema/accessor-names.ts'
import { isSized, tsTypeOf } from '../../src/schema/field-types.ts'
import type { Schema } from '../../src/schema/schema.ts'
import { annotatedText } from '../support/annotated-text.ts'
import { ROOT } from '../support/project.ts'

/** Every check that a user may have switched on. */
const STRICTEST = {
  target: 'es2022',
  lib: ['es2022', 'esnext.disposable'],
  types: [],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noImplicitOverride: true,
  noPropertyAccessFromIndexSignature: true,
  noImplicitReturns: true,
  noFallthroughCasesInSwitch: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  allowUnreachableCode: false,
  allowUnusedLabels: false,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  noUncheckedSideEffectImports: true,
}

const SETTINGS = {
  nodenext: {
    ...STRICTEST,
    module: 'nodenext',
    declaration: true,
    isolatedDeclarations: true,
    outDir: 'out',
  },
  bundler: { ...STRICTEST, module: 'esnext', moduleResolution: 'bundler', noEmit: true },
}

export type ModuleSetting = keyof typeof SETTINGS

/** Writes for each schema the annotated file, the generated store, and code that uses it. */
export function writeProject(folder: string, schemas: readonly Schema[]): void {
  assertBuilt()
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  symlinkSync(ROOT, join(folder, 'node_modules/mmapforge'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'user', type: 'module' }))
  for (const schema of schemas) {
    const file = schema.name
    writeFileSync(join(folder, `${file}.ts`), annotatedText(schema))
    writeFileSync(join(folder, `${file}.store.ts`), emitModule([schema], `${file}.ts`))
    writeFileSync(join(folder, `${file}.use.ts`), usage(schema))
  }
}

/** @returns what the compiler complains about; empty where it does not */
export function compileProject(folder: string, setting: ModuleSetting): string {
  const config = join(folder, `tsconfig.${setting}.json`)
  writeFileSync(config, JSON.stringify({ compilerOptions: SETTINGS[setting], include: ['*.ts'] }))
  return runTool(['typescript/bin/tsc', '-p', config], folder)
}

/** Runs a tool of the project's; gives its output where it fails. */
export function runTool([script, ...args]: readonly [string, ...string[]], cwd: string): string {
  try {
    execFileSync(process.execPath, [join(ROOT, 'node_modules', script), ...args], { cwd, stdio: 'pipe' })
    return ''
  } catch (error) {
    const { stdout, stderr } = error as { stdout: Buffer; stderr: Buffer }
    return `${stdout}${stderr}` || String(error)
  }
}

/** Code that compiles only where every accessor has the type that its field should have. */
function usage(schema: Schema): string {
  const { name, fields } = schema
  const uses = fields.map((field) => {
    const { property, type } = field
    const tsType = tsTypeOf(field)
    const lines = [
      `  const value: ${tsType} = store.${accessorName('get', property)}(index)`,
      `  store.${accessorName('set', property)}(index, value)`,
      '  store.update(index, { [property]: value })'.replace('[property]', property),
    ]
    if (isSized(type))
      lines.push(`  const view: Uint8Array = store.${accessorName('view', property)}(index)`, '  void view')
    // Both ways: the type is exactly this, not one that merely fits.
    lines.push(
      `  const exact: (value: ${tsType}) => void = (value: ${name}Record['${property}']) => void value`,
      '  void exact',
    )
    return [
      `export function use_${property}(store: ${name}Store, index: number): void {`,
      ...lines,
      '}',
    ].join('\n')
  })
  return [
    `import type { ${name} } from './${name}.js'`,
    `import { type ${name}Record, ${name}Store } from './${name}.store.js'`,
    `export const store: ${name}Store = ${name}Store.create(':memory:')`,
    `export const record: ${name}Record = store.get(store.append())`,
    `export const annotated: ${name} = record`,
    'store.set(0, annotated)',
    `export const records: ${name}Record[] = [...store, ...store.records(0, 1)]`,
    ...uses,
    '',
  ].join('\n')
}

/** The compiled package is what users import: it has to be that of these sources. */
function assertBuilt(): void {
  const newest = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(ROOT, 'src', name)))
    .filter((stat) => stat.isFile())
    .reduce((latest, { mtimeMs }) => Math.max(latest, mtimeMs), 0)
  const built = statSync(join(ROOT, 'dist/index.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (built < newest) throw new Error('dist is missing, or older than src: run npm run build')
}
