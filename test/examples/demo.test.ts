/** The demo as `npm run demo` starts it: what it prints, that it fails where it should, and that it cleans up. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { type DemoOptions, runDemo } from '../../examples/demo/demo.ts'
import { pricesPath } from '../../examples/demo/prices.ts'
import { projectPath } from '../support/project.ts'
import { tempFolder } from '../support/temp.ts'
import { type Outcome, runCompiled } from './compiled.support.ts'

const OPTIONS: DemoOptions = {
  prices: pricesPath(),
  annotated: projectPath('examples/demo/bar.ts'),
  command: projectPath('dist/cli/main.js'),
  follower: projectPath('build/examples/demo/follower.js'),
  timeoutMs: 20_000,
}
const MAIN = 'build/examples/demo/main.js'

/** Runs the demo in a folder that must be empty again afterwards. */
function demo(argv: readonly string[] = [], options: readonly string[] = []): Outcome {
  const folder = tempFolder()
  const outcome = runCompiled(MAIN, folder, argv, options)
  expect(readdirSync(folder)).toEqual([])
  return outcome
}

/** Runs the demo with a fault in the second process, which `code` brings in before its program starts. */
function demoWithFollowerThat(code: string): Outcome {
  const preload = join(tempFolder(), 'fault.mjs')
  writeFileSync(preload, `if (process.argv[1].endsWith('follower.js')) {\n${code}\n}\n`)
  return demo([], ['--import', pathToFileURL(preload).href])
}

describe('the demo', () => {
  it('ends with 0, and both processes see what a plain computation over the CSV file gives', () => {
    const { status, stdout, stderr } = demo()
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain('bar.store.ts: BarStore, 7 fields, 72 bytes a record\n')
    const expected = plainSummary()
    expect(stdout).toMatch(new RegExp(`^follower \\d+: ${expected}$`, 'm'))
    expect(stdout).toMatch(new RegExp(`^writer {3}\\d+: ${expected}$`, 'm'))
    expect(stdout).toContain('appended in 21 parts, each read by the follower before the next')
    expect(stdout).toMatch(/get close +[\d.]+ ns +fs\.readSync +\d+ ns +ratio \d+/)
    expect(stdout).toMatch(/set close +[\d.]+ ns +fs\.writeSync +\d+ ns +ratio \d+/)
  })

  it.each([
    ['dies at its start', 'process.exit(3)', 'ended before its work, with exit code 3'],
    [
      'is killed on the way',
      `let reports = 0
      const send = process.send.bind(process)
      process.send = (report) => ++reports < 5 ? send(report) : process.kill(process.pid, 'SIGKILL')`,
      'ended before its work, with SIGKILL',
    ],
    ['ends badly', `process.once('exit', () => { process.exitCode = 4 })`, 'with exit code 4'],
    [
      'sees something else',
      `const send = process.send.bind(process)
      process.send = (report) => send({ ...report, summary: { ...report.summary, highestClose: 1 } })`,
      'the store of the follower and the CSV file disagree',
    ],
  ])('fails where the second process %s', (_, code, message) => {
    const { status, stdout, stderr } = demoWithFollowerThat(code)
    expect(stderr).toMatch(/^demo failed: [^\n]*\n$/)
    expect(stderr).toContain(message)
    expect(status).toBe(1)
    expect(stdout).not.toContain('agree')
  })

  it('fails where the second process is not done in time, and ends it', async () => {
    const log = vi.spyOn(console, 'log').mockReturnValue()
    const follower = join(tempFolder(), 'idle.mjs')
    writeFileSync(follower, 'setInterval(() => undefined, 1000)')
    await expect(runDemo({ ...OPTIONS, follower, timeoutMs: 300 })).rejects.toThrow('was not done in time')
    expect(commandLines().filter((line) => line.includes(follower))).toEqual([])
    log.mockRestore()
  })

  it('fails where the checked-in store is not the one that the generator makes', async () => {
    const log = vi.spyOn(console, 'log').mockReturnValue()
    const annotated = join(tempFolder(), 'bar.ts')
    const source = readFileSync(projectPath('examples/demo/bar.ts'), 'utf8')
    writeFileSync(annotated, source.replace('low: float64', 'low: float32'))
    writeFileSync(
      annotated.replace('.ts', '.store.ts'),
      readFileSync(projectPath('examples/demo/bar.store.ts')),
    )
    await expect(runDemo({ ...OPTIONS, annotated })).rejects.toThrow('is out of date')
    log.mockRestore()
  })

  it.each([
    ['is not there', undefined, 'ENOENT'],
    ['has other columns', 'day,price\n2000-01-03,1\n', 'the columns are "day,price"'],
    ['has a line cut short', `${columns()}\n2000-01-03,1,2,1\n`, 'line 2: "2000-01-03,1,2,1" is not'],
    [
      'has a volume that no field holds',
      `${columns()}\n2000-01-03,1,2,1,2,2,1.5\n`,
      'field "volume": 1.5 is not',
    ],
    ['has a date too long', `${columns()}\n2000-01-03T00,1,2,1,2,2,1\n`, 'field "date": the value takes 13'],
  ])('fails where the CSV file %s', (_, text, message) => {
    const prices = join(tempFolder(), 'prices.csv')
    if (text !== undefined) writeFileSync(prices, text)
    const { status, stderr } = demo([prices])
    expect(stderr).toContain('demo failed: ')
    expect(stderr).toContain(message)
    expect(status).toBe(1)
  })
})

function columns(): string {
  return 'date,open,high,low,close,adjclose,volume'
}

/** The command lines of the processes that run now. */
function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      } catch {
        return '' // it has ended meanwhile
      }
    })
}

/** The line that both processes must print, computed without the demo's own code. */
function plainSummary(): string {
  const rows = readFileSync(pricesPath(), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.split(','))
  const closes = rows.map((row) => Number(row[4]))
  const volumes = rows.map((row) => Number(row[6]))
  const [highest, largest] = [Math.max(...closes), Math.max(...volumes)]
  return (
    `${rows.length.toLocaleString('en')} rows, ` +
    `highest close ${highest.toFixed(2)} on ${rows[closes.indexOf(highest)]?.[0]}, ` +
    `largest volume ${largest.toLocaleString('en')} on ${rows[volumes.indexOf(largest)]?.[0]}`
  )
}
