/** Scripts of this folder, run as processes or as worker threads, and ended with the test that started them. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { onTestFinished } from 'vitest'
import { builtPath } from '../support/project.ts'

/** What a script says: an object of JSON, its parts by the script's own agreement with the test. */
export type Message = Record<string, unknown>

export interface Child {
  /** The next message; rejects where the script ends without one. */
  next(): Promise<Message>
  send(command: string): void
  /** Ends it at once, as SIGKILL does a process. */
  kill(): void
  /** Its exit code; null for one that was killed. */
  readonly ended: Promise<number | null>
}

/** Starts a script as a process of the runtime that runs the tests. */
export function startProcess(script: string, args: object, runtimeFlags: readonly string[] = []): Child {
  const run = 'Deno' in globalThis ? ['run', '-A'] : []
  const child = spawn(process.execPath, [...run, ...runtimeFlags, pathOf(script), JSON.stringify(args)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const inbox = new Inbox(script)
  createInterface({ input: child.stdout }).on('line', (line) => inbox.put(JSON.parse(line) as Message))
  let complaint = ''
  child.stderr.on('data', (chunk) => {
    complaint += String(chunk)
  })
  // A script that was killed has no ear for commands.
  child.stdin.on('error', () => undefined)
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      inbox.end(`exit code ${code}\n${complaint}`)
      resolve(code)
    })
  })
  return {
    next: () => inbox.take(),
    send: (command) => void child.stdin.write(`${command}\n`),
    kill: () => void child.kill('SIGKILL'),
    ended,
  }
}

/** Starts a script as a worker thread of this process. */
export function startWorker(script: string, args: object): Child {
  const worker = new Worker(pathOf(script), { workerData: args, execArgv: [] })
  onTestFinished(async () => void (await worker.terminate()))
  const inbox = new Inbox(script)
  worker.on('message', (message: Message) => inbox.put(message))
  let complaint = ''
  worker.on('error', (error) => {
    complaint = String(error)
  })
  const ended = new Promise<number | null>((resolve) => {
    worker.on('exit', (code) => {
      inbox.end(`exit code ${code}\n${complaint}`)
      resolve(code)
    })
  })
  return {
    next: () => inbox.take(),
    send: (command) => worker.postMessage(command),
    kill: () => void worker.terminate(),
    ended,
  }
}

/** Both ways to run a script beside the test, for `describe.each` and `it.each`. */
export const BESIDE = [
  ['process', startProcess],
  ['worker thread', startWorker],
] as const

/** Messages that came, and those that are waited for. */
class Inbox {
  readonly #script: string
  readonly #messages: Message[] = []
  readonly #waiting: { resolve: (message: Message) => void; reject: (error: Error) => void }[] = []
  #end: string | undefined

  constructor(script: string) {
    this.#script = script
  }

  put(message: Message): void {
    const waiter = this.#waiting.shift()
    if (waiter === undefined) this.#messages.push(message)
    else waiter.resolve(message)
  }

  end(reason: string): void {
    this.#end = reason
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended(reason))
  }

  take(): Promise<Message> {
    const message = this.#messages.shift()
    if (message !== undefined) return Promise.resolve(message)
    if (this.#end !== undefined) return Promise.reject(this.#ended(this.#end))
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  #ended(reason: string): Error {
    return new Error(`${this.#script} ended without a message: ${reason}`)
  }
}

/** The scripts import the built package: a runtime other than Node does not read the sources. */
function pathOf(script: string): string {
  builtPath('dist/index.js')
  return fileURLToPath(new URL(script, import.meta.url))
}
