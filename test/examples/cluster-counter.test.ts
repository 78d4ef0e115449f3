/** The cluster of the example, by real requests: what all of its processes count together is exact, whoever dies. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { LimitStore } from '../../examples/cluster-counter/limit.store.ts'
import { RateLimiter } from '../../examples/cluster-counter/limiter.ts'
import { projectPath } from '../support/project.ts'
import { tempFolder, tempPath } from '../support/temp.ts'
import { runCompiled } from './compiled.support.ts'

const MAIN = 'build/examples/cluster-counter/main.js'
const WORKER_COUNT = 3

interface Answer {
  readonly status: number
  readonly pid: number
  readonly left: number
}

/** The running example. */
class Cluster {
  readonly path = tempPath()
  readonly process: ChildProcess
  readonly lines: Interface
  port = 0

  private constructor(argv: readonly string[]) {
    const main = projectPath(MAIN)
    const options = ['--port', '0', '--store', this.path, '--workers', String(WORKER_COUNT), ...argv]
    this.process = spawn(process.execPath, [main, ...options], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void this.process.kill('SIGKILL'))
    this.lines = createInterface(this.process.stdout as NonNullable<ChildProcess['stdout']>)
  }

  static async start(limit: number): Promise<Cluster> {
    const cluster = new Cluster(['--limit', String(limit), '--window-ms', '3600000'])
    const [line] = await once(cluster.lines, 'line')
    cluster.port = Number(/^listening on http:\/\/127\.0\.0\.1:(\d+)$/.exec(line)?.[1])
    return cluster
  }

  /** Asks as one client. A connection is made for each request, so that the primary hands them round. */
  async ask(client: string): Promise<Answer> {
    const headers = { 'x-api-key': client, connection: 'close' }
    const response = await fetch(`http://127.0.0.1:${this.port}/`, { headers })
    await response.text()
    const numberOf = (name: string) => Number(response.headers.get(name) ?? Number.NaN)
    return { status: response.status, pid: numberOf('x-worker'), left: numberOf('x-ratelimit-remaining') }
  }

  /** Asks so often at once. */
  askAtOnce(client: string, times: number): Promise<Answer>[] {
    return Array.from({ length: times }, () => this.ask(client))
  }

  /** Kills a worker, and waits until another one serves in its place. */
  async kill(pid: number): Promise<void> {
    const told = once(this.lines, 'line')
    process.kill(pid, 'SIGKILL')
    expect((await told)[0]).toMatch(new RegExp(`^worker ${pid} was killed, \\d+ took its place$`))
  }

  /** Requests counted for a client, as another process reads it. */
  countOf(client: string): number {
    using limits = LimitStore.open(this.path, { readOnly: true })
    for (const limit of limits) if (limit.client === client) return limit.used
    return 0
  }

  async stop(): Promise<unknown[]> {
    const exit = once(this.process, 'exit')
    this.process.kill('SIGTERM')
    return exit
  }
}

const withStatus = (status: number, answers: readonly Answer[]) =>
  answers.filter((answer) => answer.status === status)

describe('the cluster', () => {
  it('lets exactly the allowed number of concurrent requests pass, whoever answers, and ends when told', async () => {
    const cluster = await Cluster.start(50)
    const answers = await Promise.all([...cluster.askAtOnce('a', 80), ...cluster.askAtOnce('b', 40)])
    expect(new Set(answers.map(({ pid }) => pid)).size).toBe(WORKER_COUNT)
    const [ofA, ofB] = [answers.slice(0, 80), answers.slice(80)]
    expect(withStatus(200, ofA)).toHaveLength(50)
    expect(withStatus(429, ofA)).toHaveLength(30)
    // No two requests were given the same place in the count.
    expect(
      withStatus(200, ofB)
        .map(({ left }) => left)
        .sort((x, y) => x - y),
    ).toEqual(Array.from({ length: 40 }, (_, i) => 10 + i))
    expect([cluster.countOf('a'), cluster.countOf('b')]).toEqual([80, 40])

    expect(await cluster.stop()).toEqual([0, null])
    // Nobody holds it, and nobody left anything undone: the journal is gone, and a writer may have it for itself.
    using limits = LimitStore.open(cluster.path)
    expect(limits.recovered).toEqual([])
    expect(readdirSync(dirname(cluster.path)).sort()).toEqual(
      ['', '.lock', '.schema.json', '.wake'].map((suffix) => `store.mmf${suffix}`),
    )
    for (const { pid } of answers) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })

  it('counts on exactly when workers are killed in between', async () => {
    const cluster = await Cluster.start(100)
    const before = await Promise.all(cluster.askAtOnce('a', 60))
    for (const pid of new Set(before.map(({ pid }) => pid))) {
      await cluster.kill(pid)
      expect((await cluster.ask('b')).pid).not.toBe(pid)
    }
    const after = await Promise.all(cluster.askAtOnce('a', 60))
    expect(withStatus(200, before)).toHaveLength(60)
    expect(withStatus(200, after)).toHaveLength(40)
    expect(withStatus(429, after)).toHaveLength(20)
    expect([cluster.countOf('a'), cluster.countOf('b')]).toEqual([120, WORKER_COUNT])
    expect(await cluster.stop()).toEqual([0, null])
  })

  it('never lets too many pass, and blocks nobody, when a worker is killed in the middle of requests', async () => {
    const cluster = await Cluster.start(100)
    const asked = cluster.askAtOnce('a', 150)
    const { pid } = await Promise.any(asked)
    await cluster.kill(pid)
    const others = await Promise.all(cluster.askAtOnce('b', 20))
    expect(withStatus(200, others)).toHaveLength(20)
    // One more than are counted by now, whichever of those that the dead worker had in hand are.
    const { status, left } = await cluster.ask('a')
    expect([200, 429]).toContain(status)
    expect(await cluster.stop()).toEqual([0, null])
    // Only now: a connection that was on its way to the dead worker hangs until the primary ends.
    const settled = await Promise.allSettled(asked)
    const answered = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    expect(withStatus(200, answered).length).toBeLessThanOrEqual(status === 200 ? 99 : 100)
    expect(cluster.countOf('a')).toBeGreaterThanOrEqual(answered.length + 1)
    expect(cluster.countOf('a')).toBeLessThanOrEqual(151)
    expect(left).toBeGreaterThanOrEqual(0)
  })

  it('refuses whom it can not count', async () => {
    const cluster = await Cluster.start(1)
    expect((await cluster.ask('')).status).toBe(401)
    expect((await cluster.ask('x'.repeat(41))).status).toBe(401)
    expect((await cluster.ask('x'.repeat(40))).status).toBe(200)
    expect(await cluster.stop()).toEqual([0, null])
  })
})

describe('the program', () => {
  it('shows itself, and leaves nothing behind', () => {
    const folder = tempFolder()
    const { status, stdout, stderr } = runCompiled(MAIN, folder)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^60 requests at once: 60 passed, 0 refused, by 4 workers$/m)
    expect(stdout).toMatch(
      /^worker \d+ was killed, \d+ took its place\n60 .*: 40 passed, 20 refused, by 4 workers$/m,
    )
    expect(readdirSync(folder)).toEqual([])
  })

  it('fails where its workers can not start', () => {
    const { status, stderr } = runCompiled(MAIN, tempFolder(), ['--store', 'nowhere/limits.mmf'])
    expect(status).toBe(1)
    expect(stderr).toContain('ENOENT')
    expect(stderr).toMatch(/^the example failed: worker \d+ ended with exit code 1$/m)
  })
})

describe('the limiter', () => {
  const ALLOWANCE = { limit: 2, windowMs: 1000 }

  it('begins anew when the window has ended, once for all of those who count', () => {
    const path = tempPath()
    const [one, other] = [new RateLimiter(path, ALLOWANCE), new RateLimiter(path, ALLOWANCE)]
    expect(one.take('a', 5000)).toEqual({ isAllowed: true, left: 1, endsInMs: 1000 })
    expect(other.take('a', 5400)).toEqual({ isAllowed: true, left: 0, endsInMs: 600 })
    expect(one.take('a', 5999)).toEqual({ isAllowed: false, left: 0, endsInMs: 1 })
    expect(other.take('a', 6000)).toEqual({ isAllowed: true, left: 1, endsInMs: 1000 })
    // Its clock is behind, the window is not.
    expect(one.take('a', 5999)).toEqual({ isAllowed: true, left: 0, endsInMs: 1001 })
    expect(other.take('b', 6000)).toEqual({ isAllowed: true, left: 1, endsInMs: 1000 })
    one.close()
    other.close()
  })

  it('keeps one count for a client whom two meet at the same moment', () => {
    const path = tempPath()
    const one = new RateLimiter(path, ALLOWANCE)
    // As if another worker had looked at the same time as the first, and appended the same name after it.
    using another = LimitStore.open(path, { writers: 'many' })
    one.take('a', 0)
    another.append({ client: 'a', used: 0, endsAt: 0 })
    const late = new RateLimiter(path, ALLOWANCE)
    expect(late.take('a', 1)).toMatchObject({ isAllowed: true, left: 0 })
    expect(one.take('a', 2)).toMatchObject({ isAllowed: false })
    expect(another.get(0).used).toBe(3)
    one.close()
    late.close()
  })
})
