/**
 * The ways for a writer to come into the world: forked from a process that has all code compiled already, as a process of
 * its own, or as a worker thread.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { Ledger } from './ledger.ts'
import { Life } from './life.ts'
import { mutate } from './mutants.ts'
import { bindNative } from './native.ts'
import { createRound, roundOf } from './rounds.ts'
import type { LifeSpec, MortalSpec, NurserySpec } from './spec.ts'

export interface Born {
  /** Kills it, stops it, or lets it go on; threads can only be killed. */
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void
  /** How it has ended, in words; undefined while it lives. */
  ended(): string | undefined
}

export type Birth = (seat: number) => Born

const WRITER_ENTRY = new URL('./writer-entry.js', import.meta.url)
const WARM_UP_MS = 250
const MAX_OUTPUT_CHARS = 4000
/** Wait status of a process that was killed: its signal. */
const SIGNAL_BITS = 0x7f

export const KILLED = 'SIGKILL'

export function birthFor(spec: NurserySpec, ledger: Ledger): Birth {
  switch (spec.births) {
    case 'forks':
      return forking(spec, ledger)
    case 'processes':
      return starting(spec)
    case 'threads':
      return spinning(spec)
  }
}

function signalling(pid: number | undefined): Born['signal'] {
  return (name) => {
    // It may be gone, for which there is no other way to tell.
    if (pid !== undefined) process.kill(pid, name)
  }
}

function starting(spec: NurserySpec): Birth {
  const [executable = '', ...flags] = spec.command
  return (seat) => {
    const life: LifeSpec = { ...spec, seat }
    const child: ChildProcess = spawn(
      executable,
      [...flags, fileURLToPath(WRITER_ENTRY), JSON.stringify(life)],
      {
        stdio: ['ignore', 'inherit', 'pipe'],
      },
    )
    let output = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-MAX_OUTPUT_CHARS)
    })
    let end: string | undefined
    child.on('error', (error) => {
      end = error.message
    })
    child.on('exit', (code, signal) => {
      end ??= signal ?? (code === 0 ? '' : `exit code ${code}: ${output}`)
    })
    return { signal: signalling(child.pid), ended: () => end }
  }
}

function spinning(spec: MortalSpec): Birth {
  return (seat) => {
    const worker = new Worker(WRITER_ENTRY, { workerData: { ...spec, seat } satisfies LifeSpec })
    let isKilled = false
    let end: string | undefined
    worker.on('error', (error) => {
      end = String(error)
    })
    worker.on('exit', (code) => {
      if (isKilled) end = KILLED
      end ??= code === 0 ? '' : `exit code ${code}`
    })
    const signal: Born['signal'] = (name) => {
      if (name !== 'SIGKILL') return
      isKilled = true
      void worker.terminate()
    }
    return { signal, ended: () => end }
  }
}

function forking(spec: MortalSpec, ledger: Ledger): Birth {
  const native = bindNative()
  mutate(spec.variant)
  warmUp(spec)
  return (seat) => {
    const life: LifeSpec = { ...spec, seat }
    const pid = native.fork()
    if (pid === 0) {
      native.dieWithParent()
      new Life(life, ledger).live()
      native.exit(0)
    }
    return {
      signal: signalling(pid),
      ended: () => {
        const status = native.reap(pid)
        if (status === undefined) return undefined
        if ((status & SIGNAL_BITS) === 9) return KILLED
        return status === 0 ? '' : `wait status ${status}`
      },
    }
  }
}

/** Has the code compiled that the children are to run: as fast as it gets, it is at another place when it is killed. */
function warmUp(spec: MortalSpec): void {
  const directory = mkdtempSync(join(tmpdir(), 'mmapforge-torture-'))
  try {
    const ledger = new Ledger(directory)
    const warm: LifeSpec = { ...spec, directory, seat: 0, stopsHappen: true }
    for (const number of [1, 2]) {
      createRound(roundOf(directory, spec.seed, number))
      ledger.beginRound(number)
      const endsAtMs = performance.now() + WARM_UP_MS / 2
      new Life(warm, ledger).live(() => performance.now() < endsAtMs)
    }
    ledger.close()
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
