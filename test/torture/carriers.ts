/** What carries a participant: a process of its own, or a worker thread. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { ParticipantSpec } from './participant-spec.ts'

export interface Carried {
  readonly name: string
  /** Settles when the participant is gone: with undefined after a clean end, else with what happened. */
  readonly ended: Promise<string | undefined>
  kill(): void
}

export type Carrier = (spec: ParticipantSpec) => Carried

export type CarrierName = 'processes' | 'threads'

const ENTRY = new URL('./participant.js', import.meta.url)
/** Output of a process that is kept to explain its end. */
const MAX_OUTPUT_CHARS = 4000

export const CARRIERS: Readonly<Record<CarrierName, Carrier>> = {
  processes: (spec) => asProcess(spec, ownCommand()),
  threads: asThread,
}

function ownCommand(): readonly string[] {
  return [process.execPath, ...(process.versions['deno'] === undefined ? [] : ['run', '-A'])]
}

/** @param command runs a script */
export function asProcess(spec: ParticipantSpec, command: readonly string[]): Carried {
  return startProcess(spec.name, command, ENTRY, spec)
}

/** Starts a script that takes what it needs to know as its one argument. */
export function startProcess(
  name: string,
  [executable = '', ...flags]: readonly string[],
  script: URL,
  spec: object,
): Carried {
  const child = spawn(executable, [...flags, fileURLToPath(script), JSON.stringify(spec)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-MAX_OUTPUT_CHARS)
    })
  }
  const ended = new Promise<string | undefined>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code, signal) => {
      resolve(code === 0 ? undefined : `ended with ${signal ?? `exit code ${code}`}: ${output}`)
    })
  })
  return { name, ended, kill: () => child.kill('SIGKILL') }
}

function asThread(spec: ParticipantSpec): Carried {
  const worker = new Worker(ENTRY, { workerData: spec })
  const ended = new Promise<string | undefined>((resolve) => {
    worker.on('error', (error) => resolve(String(error)))
    worker.on('exit', (code) => resolve(code === 0 ? undefined : `ended with exit code ${code}`))
  })
  return { name: spec.name, ended, kill: () => void worker.terminate() }
}
