/** Runs a command to its end, or kills it when that takes too long. */
import { spawn } from 'node:child_process'

export interface Outcome {
  /** Undefined where a signal ended it; its own kill, too. */
  readonly exitCode: number | undefined
  readonly standardOutput: string
  /** Standard output and standard error. */
  readonly output: string
}

export function run(
  command: readonly string[],
  { cwd, timeoutMs }: { cwd: string; timeoutMs: number },
): Promise<Outcome> {
  const [executable = '', ...args] = command
  const child = spawn(executable, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that what it started can be killed with it.
    detached: true,
  })
  const killAll = (): void => {
    if (child.pid === undefined) return
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // All of them have ended.
    }
  }
  const interrupted = (): void => {
    killAll()
    process.exit(130)
  }
  process.on('SIGINT', interrupted).on('SIGTERM', interrupted)
  let standardOutput = ''
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    standardOutput += text
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      output += `\nkilled after ${timeoutMs} ms`
      killAll()
    }, timeoutMs)
    const settle = (): void => {
      clearTimeout(timer)
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
    }
    child.on('error', (error) => {
      settle()
      reject(error)
    })
    child.on('close', (code) => {
      settle()
      killAll()
      resolve({ exitCode: code ?? undefined, standardOutput, output })
    })
  })
}
