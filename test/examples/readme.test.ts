/** The README's code is that of examples/quickstart and examples/recipes, which is compiled and run. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { TickStore } from '../../examples/quickstart/tick.store.ts'
import { run } from '../../src/cli/run.ts'
import { projectPath } from '../support/project.ts'
import { tempFolder } from '../support/temp.ts'
import { runCompiled } from './compiled.support.ts'

const README = readFileSync(projectPath('README.md'), 'utf8')
const EXAMPLES = projectPath('examples/quickstart')

describe('the README', () => {
  it('shows the files of the quickstart and the recipes, and no other TypeScript', () => {
    const blocks = [...README.matchAll(/^(?:<!-- (\S+) -->\n)?```ts\n([\s\S]*?)^```$/gm)]
    const shown = blocks.map(([, path = 'a block without a file', text]) => [path, text])
    const written = ['examples/quickstart', 'examples/recipes'].flatMap((folder) =>
      readdirSync(projectPath(folder))
        .filter((name) => !name.endsWith('.store.ts'))
        .map((name) => `${folder}/${name}`),
    )
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

describe('the quickstart', () => {
  it('is generated anew by the command that the README gives', async () => {
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

  it('runs, one program after the other, in one folder', () => {
    const folder = tempFolder()
    const [first = '', ...printed] = ['first', 'write', 'read'].map((name) => {
      const { status, stdout, stderr } = runCompiled(`build/examples/quickstart/${name}.js`, folder)
      expect({ status, stderr }, name).toEqual({ status: 0, stderr: '' })
      return stdout
    })
    const { time, ...fields } = JSON.parse(first)
    expect(fields).toEqual({ symbol: 'AAPL', price: 190.25, volume: 52e6 })
    expect(Math.abs(Date.now() - time)).toBeLessThan(60_000)
    expect(printed).toEqual(['421.5 2\n', 'AAPL 190.25\nMSFT 421.5\n'])
    const beside = ['.lock', '.schema.json', '.wake'].map((suffix) => `ticks.mmf${suffix}`)
    expect(readdirSync(folder).sort()).toEqual(['ticks.mmf', ...beside])
  })
})

/** A recipe that goes on until it is stopped; its lines are read one by one. */
class Follower {
  readonly #process: ChildProcess
  readonly #lines: AsyncIterator<string>

  constructor(name: string, folder: string) {
    this.#process = spawn(process.execPath, [projectPath(`build/examples/recipes/${name}.js`)], {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void this.#process.kill('SIGKILL'))
    const input = this.#process.stdout as NonNullable<ChildProcess['stdout']>
    this.#lines = createInterface({ input })[Symbol.asyncIterator]()
  }

  async line(): Promise<string> {
    return (await this.#lines.next()).value
  }

  /** That it still runs, and was ended by nothing but this. */
  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGTERM')
    expect(await ended).toEqual([null, 'SIGTERM'])
  }
}

describe('the recipes', () => {
  const runOnce = (name: string, folder: string, ...argv: string[]): string => {
    const { status, stdout, stderr } = runCompiled(`build/examples/recipes/${name}.js`, folder, argv)
    expect({ status, stderr }, name).toEqual({ status: 0, stderr: '' })
    return stdout
  }

  it('the latest value by key: a follower is given what is there, and then each change', async () => {
    const folder = tempFolder()
    runOnce('latest', folder, 'AAPL', '190')
    runOnce('latest', folder, 'MSFT', '420')
    const follower = new Follower('latest', folder)
    const quote = async () => {
      const { symbol, price } = JSON.parse(await follower.line())
      return [symbol, price]
    }
    expect([await quote(), await quote()]).toEqual([
      ['AAPL', 190],
      ['MSFT', 420],
    ])
    runOnce('latest', folder, 'AAPL', '191.5')
    expect(await quote()).toEqual(['AAPL', 191.5])
    runOnce('latest', folder, 'NVDA', '130')
    expect(await quote()).toEqual(['NVDA', 130])
    await follower.stop()
  })

  it('a log and its tail: a follower is given the last ten lines, and then each that is appended', async () => {
    const folder = tempFolder()
    for (let n = 0; n < 12; n++) runOnce('log', folder, `line ${n}`)
    const follower = new Follower('log', folder)
    for (let n = 2; n < 12; n++) expect(await follower.line()).toMatch(new RegExp(`Z line ${n}$`))
    runOnce('log', folder, 'one more')
    expect(await follower.line()).toMatch(/Z one more$/)
    await follower.stop()
  })

  it('a shared counter: what four processes count is exact', () => {
    const folder = tempFolder()
    expect(runOnce('counter', folder)).toBe('4000000\n')
    expect(runOnce('counter', folder)).toBe('4000000\n')
  })
})
