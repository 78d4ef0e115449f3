/** The follower as its parent sees it: a process that reports, or fails. */
import { type ChildProcess, fork } from 'node:child_process'
import { on, once } from 'node:events'
import type { Report } from './follower.ts'

type Exit = [code: number | null, signal: NodeJS.Signals | null]

export class FollowerProcess {
  readonly #child: ChildProcess
  readonly #exit: Promise<Exit>
  readonly #reports: AsyncIterator<Report[]>
  readonly #timer: NodeJS.Timeout
  #isLate = false

  /** @param timeoutMs for all that it has to do; it is killed after that */
  constructor(script: string, path: string, rowCount: number, timeoutMs: number) {
    this.#child = fork(script, [path, String(rowCount)])
    this.#exit = once(this.#child, 'exit') as Promise<Exit>
    // Awaited only in the end, or when the reports end.
    this.#exit.catch(() => undefined)
    // `disconnect` comes after the last message, whereas `exit` may come before it.
    this.#reports = on(this.#child, 'message', { close: ['disconnect'] })
    this.#timer = setTimeout(() => {
      this.#isLate = true
      this.stop()
    }, timeoutMs)
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Waits until it has read at least `rowCount` rows. */
  async hasRead(rowCount: number): Promise<Report> {
    for (;;) {
      const { done, value } = await this.#reports.next()
      if (done) throw await this.#failure()
      const [report] = value as [Report]
      if (report.summary.rows >= rowCount) return report
    }
  }

  /** Waits until it has ended, and well. */
  async hasEnded(): Promise<void> {
    const [code] = await this.#exit
    if (code !== 0) throw await this.#failure()
  }

  /** Ends it, if it has not ended by itself. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#child.kill('SIGKILL')
  }

  async #failure(): Promise<Error> {
    const [code, signal] = await this.#exit
    if (this.#isLate) return new Error('the follower was not done in time')
    return new Error(
      `the follower ended before its work, with ${code === null ? signal : `exit code ${code}`}`,
    )
  }
}
