/** What the package's types are to its users: checked by the newest compiler and by the oldest, in every way of finding them. */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from '../support/project.ts'
import { UserProject } from './user-project.support.ts'

const NEWEST = join(ROOT, 'node_modules/typescript/bin/tsc')
/** From this version on there is `using`. */
const OLDEST = join(ROOT, 'node_modules/oldest-typescript/node_modules/typescript/bin/tsc')

const USE = `import { defineStore, float64, MmapForgeError, str } from 'mmapforge'
import { TickStore } from './tick.store.js'

using ticks = TickStore.create(':memory:')
const index: number = ticks.append({ symbol: 'ACME', price: 1.5, volume: 2, time: 3 })
const price: number = ticks.getPrice(index)
// @ts-expect-error a number field takes no bigint
const refuse = () => ticks.setTime(index, 3n)
// @ts-expect-error there is no such field
const missing = () => ticks.getPrise(index)
const BarStore = defineStore('Bar', { version: 1 }, { name: str(4), close: float64 })
using bars = BarStore.create(':memory:')
bars.append({ name: 'ACME', close: price })
// @ts-expect-error a number field takes no string
const refuseText = () => bars.setClose(0, '1')
try { refuse() } catch (error) { if (error instanceof MmapForgeError) console.log(error.code) }
for (const { name, close } of bars) console.log(name, close, ticks.getTime(0), [missing, refuseText].length)
`

let project: UserProject
beforeAll(() => {
  project = new UserProject()
  project.write('tick.ts', readFileSync(join(ROOT, 'examples/quickstart/tick.ts'), 'utf8'))
  project.run('npx', '--no-install', 'mmapforge', 'generate', 'tick.ts')
  project.write('use.ts', USE)
  project.write('require.cts', "import forge = require('mmapforge')\nconsole.log(forge.MEMORY_PATH)\n")
})
afterAll(() => project.remove())

/** Compiles strictly, checking the types of the package too. */
function compile(compiler: string, module: string, moduleResolution: string, file: string): void {
  const compilerOptions = {
    ...{
      strict: true,
      skipLibCheck: false,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
    },
    ...{ target: 'es2022', types: [], module, moduleResolution, outDir: 'out' },
  }
  project.write('tsconfig.json', JSON.stringify({ compilerOptions, files: [file] }))
  project.run(process.execPath, compiler)
}

describe('TypeScript', () => {
  it.each([
    { compiler: 'newest', file: NEWEST, resolution: 'nodenext', module: 'nodenext' },
    { compiler: 'newest', file: NEWEST, resolution: 'bundler', module: 'preserve' },
    { compiler: 'oldest', file: OLDEST, resolution: 'nodenext', module: 'nodenext' },
    { compiler: 'oldest', file: OLDEST, resolution: 'bundler', module: 'esnext' },
    { compiler: 'oldest', file: OLDEST, resolution: 'node10', module: 'commonjs' },
  ])(
    'of the $compiler version compiles and runs, with moduleResolution $resolution',
    ({ file, resolution, module }) => {
      rmSync(project.path('out'), { recursive: true, force: true })
      compile(file, module, resolution, 'use.ts')
      const type = module === 'commonjs' ? 'commonjs' : 'module'
      project.write('out/package.json', JSON.stringify({ type }))
      const expected = { status: 0, stdout: 'ERR_TYPE_MISMATCH\nACME 1.5 3 2\n', stderr: '' }
      expect(project.node('out/use.js')).toEqual(expected)
    },
  )

  it('README.md names the oldest', () => {
    const [major, minor] = project
      .run(process.execPath, OLDEST, '--version')
      .replace('Version ', '')
      .split('.')
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(`TypeScript ${major}.${minor} or newer`)
  })

  it('compiles a CommonJS module that requires it', () => {
    compile(NEWEST, 'nodenext', 'nodenext', 'require.cts')
    expect(project.node('out/require.cjs').stdout).toBe(':memory:\n')
  })
})
