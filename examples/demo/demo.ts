/** The demo: one process appends 20 years of an index, another one reads along, and both must see the same. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { BarStore } from './bar.store.ts'
import type { Bar } from './bar.ts'
import { FollowerProcess } from './follower-process.ts'
import { readPrices } from './prices.ts'
import { describeSpeed, measureSpeed } from './speed.ts'
import { describe, summarize } from './summary.ts'

export interface DemoOptions {
  /** The CSV file to load. */
  readonly prices: string
  /** The annotated interface, beside the store that was generated from it. */
  readonly annotated: string
  /** The compiled `mmapforge` command. */
  readonly command: string
  /** The program of the second process. */
  readonly follower: string
  /** For the second process, from its start to its end. */
  readonly timeoutMs: number
}

/** @throws where anything is not as it should be; leaves no files and no process behind either way */
export async function runDemo(options: DemoOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mmapforge-demo-'))
  try {
    generate(options, folder)
    const path = join(folder, 'bars.mmf')
    await load(options, path)
    console.log(describeSpeed(measureSpeed(path)))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs the generator as a user does, and compares with the module that this program was compiled with. */
function generate({ annotated, command }: DemoOptions, folder: string): void {
  const printed = execFileSync(process.execPath, [command, 'generate', annotated, '--out', folder], {
    encoding: 'utf8',
  })
  console.log(`mmapforge generate bar.ts\n  ${printed.trim().replace(`${folder}/`, '')}`)
  const compiledFrom = annotated.replace(/\.ts$/, '.store.ts')
  if (readFileSync(join(folder, 'bar.store.ts'), 'utf8') !== readFileSync(compiledFrom, 'utf8')) {
    throw new Error(`${compiledFrom} is out of date; run mmapforge generate ${annotated} and build again`)
  }
}

async function load({ prices, follower, timeoutMs }: DemoOptions, path: string): Promise<void> {
  const days = readPrices(prices)
  const expected = summarize(days)
  using bars = BarStore.create(path)
  const second = new FollowerProcess(follower, path, days.length, timeoutMs)
  try {
    // It has the store open, empty, before the first append; then it must have read each year before the next one comes.
    await second.hasRead(0)
    let report = { capacityAtOpen: 0, capacity: 0, summary: summarize([]) }
    const years = byYear(days)
    for (const year of years) {
      for (const day of year) bars.append(day)
      report = await second.hasRead(bars.length)
    }
    await second.hasEnded()
    const seen = summarize(bars)
    console.log(`writer   ${process.pid}: ${describe(seen)}`)
    agree('the store of the writer', seen, 'the CSV file', expected)
    agree('the store of the follower', report.summary, 'the CSV file', expected)
    const { capacityAtOpen, capacity } = report
    console.log(
      `both agree with the CSV file; appended in ${years.length} parts, each read by the follower before the next\n` +
        `the file grew from ${capacityAtOpen} to ${capacity.toLocaleString('en')} records while the follower had it open`,
    )
  } finally {
    second.stop()
  }
}

function byYear(days: readonly Bar[]): Bar[][] {
  const years = new Map<string, Bar[]>()
  for (const day of days) {
    const year = day.date.slice(0, 4)
    const part = years.get(year) ?? []
    years.set(year, part)
    part.push(day)
  }
  return [...years.values()]
}

function agree(oneName: string, one: unknown, otherName: string, other: unknown): void {
  if (isDeepStrictEqual(one, other)) return
  throw new Error(
    `${oneName} and ${otherName} disagree: ${JSON.stringify(one)} against ${JSON.stringify(other)}`,
  )
}
