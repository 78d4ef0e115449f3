/** The README's code is that of examples/quickstart, which is compiled and run. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { TickStore } from '../../examples/quickstart/tick.store.ts'
import { run } from '../../src/cli/run.ts'
import { projectPath } from '../support/project.ts'
import { tempFolder } from '../support/temp.ts'
import { runCompiled } from './compiled.support.ts'

const README = readFileSync(projectPath('README.md'), 'utf8')
const EXAMPLES = projectPath('examples/quickstart')

describe('the README', () => {
  it('shows the files of examples/quickstart, and no other TypeScript', () => {
    const blocks = [...README.matchAll(/^(?:<!-- (\S+) -->\n)?```ts\n([\s\S]*?)^```$/gm)]
    const shown = blocks.map(([, path = 'a block without a file', text]) => [path, text])
    const written = readdirSync(EXAMPLES)
      .filter((name) => !name.endsWith('.store.ts'))
      .map((name) => `examples/quickstart/${name}`)
    expect(shown.map(([path]) => path).sort()).toEqual(written.sort())
    for (const [path, text] of shown)
      expect(text, path).toBe(readFileSync(projectPath(path as string), 'utf8'))
  })

  it('speaks of members that there are', () => {
    using ticks = TickStore.create(':memory:')
    const members = [...README.matchAll(/`ticks\.(\w+)|of ticks\.(\w+)/g)].map(
      ([, name, other]) => (name ?? other) as string,
    )
    expect(members.length).toBeGreaterThan(15)
    expect(members.filter((name) => !(name in ticks))).toEqual([])
  })
})

describe('the examples', () => {
  it('are generated anew by the command that the README gives', async () => {
    expect(README).toContain('npx mmapforge generate tick.ts --check')
    let printed = ''
    const stream = { write: (text: string) => (printed += text) }
    const code = await run(['generate', 'tick.ts', '--check'], {
      stdout: stream,
      stderr: stream,
      cwd: EXAMPLES,
    })
    expect({ code, printed }).toEqual({ code: 0, printed: 'tick.store.ts: up to date\n' })
  })

  it('run one after the other', () => {
    const folder = tempFolder()
    const printed = ['write', 'read', 'define', 'read'].map((name) => {
      const { status, stdout, stderr } = runCompiled(`build/examples/quickstart/${name}.js`, folder)
      expect({ status, stderr }, name).toEqual({ status: 0, stderr: '' })
      return stdout
    })
    const record =
      "{\n  symbol: 'AAPL',\n  price: 190.5,\n  volume: 54000000,\n  timestamp: 1700000000000000000n\n}\n"
    expect(printed).toEqual(['190.5 1\n', 'AAPL 190.5\n', record, 'AAPL 190.5\n'])
    const beside = ['.lock', '.schema.json', '.wake'].map((suffix) => `ticks.mmf${suffix}`)
    expect(readdirSync(folder).sort()).toEqual(['ticks.mmf', ...beside])
  })
})
