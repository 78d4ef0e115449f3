/** Runs spin on one check: it makes a C program of the model, which visits every state. */
import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import type { Check } from './checks.ts'

const run = promisify(execFile)

const MEMORY_MIB = 2000
const DEPTH_COUNT = 100_000
const OUTPUT_BYTES = 2 ** 26

export interface Result {
  /** What spin says of a model that is wrong, `undefined` where it visited everything and found nothing. */
  readonly error: string | undefined
  readonly stateCount: number
  readonly depthCount: number
  readonly elapsedMs: number
}

export interface Tools {
  readonly spin: string
  readonly compiler: string
}

function onPath(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

/** Both programs, or the names of those that are missing. */
export function findTools(): Tools | { readonly missing: readonly string[] } {
  const spin = onPath('spin')
  const compiler = onPath('cc') ?? onPath('gcc') ?? onPath('clang')
  if (spin !== undefined && compiler !== undefined) return { spin, compiler }
  return {
    missing: [
      ...(spin === undefined ? ['spin (of the package "spin" in Debian and Ubuntu)'] : []),
      ...(compiler === undefined ? ['a C compiler (cc, gcc or clang)'] : []),
    ],
  }
}

/**
 * @param folder where the models are
 * @throws {Error} where spin or the compiler refuses the model, or the search did not come to its end
 */
export async function runCheck(check: Check, tools: Tools, folder: string): Promise<Result> {
  const scratch = await mkdtemp(join(tmpdir(), 'model-'))
  try {
    const options = { cwd: scratch, maxBuffer: OUTPUT_BYTES }
    const flags = check.defines.map((define) => `-D${define}`)
    await run(tools.spin, [...flags, '-a', join(folder, check.model)], options)
    const kind = check.endless === true ? ['-DNP', '-DNFAIR=3'] : ['-DSAFETY']
    const sizes = ['-DCOLLAPSE', '-DVECTORSZ=2048', `-DMEMLIM=${MEMORY_MIB}`]
    const optimise = check.large === true ? '-O2' : '-O0'
    await run(tools.compiler, [optimise, '-w', ...kind, ...sizes, '-o', 'pan', 'pan.c'], options)
    const startMs = performance.now()
    const search = check.endless === true ? ['-l', '-f'] : []
    const { stdout } = await run(join(scratch, 'pan'), [`-m${DEPTH_COUNT}`, ...search], options)
    return resultFrom(stdout, performance.now() - startMs)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** @throws {Error} where the search was cut short: then nothing is known */
export function resultFrom(output: string, elapsedMs: number): Result {
  const numberOf = (pattern: RegExp) => Number(pattern.exec(output)?.[1] ?? Number.NaN)
  const result = {
    error: /^pan:\d+: (.*) \(at depth \d+\)$/m.exec(output)?.[1],
    stateCount: numberOf(/^\s*(\d+) states, stored/m),
    depthCount: numberOf(/depth reached (\d+)/),
    elapsedMs,
  }
  const errorCount = numberOf(/errors: (\d+)/)
  const isWhole = !/max search depth too small|Search not completed|out of memory/i.test(output)
  const isSound = errorCount === 0 && result.error === undefined && isWhole
  if (!isSound && (errorCount !== 1 || result.error === undefined)) {
    throw new Error(`the search did not come to its end:\n${output}`)
  }
  return result
}

/** Why the result is not the one that the check expects, `undefined` where it is. */
export function complaint({ finding }: Check, { error }: Result): string | undefined {
  if (finding === undefined) return error === undefined ? undefined : `does not hold: ${error}`
  if (error === undefined) return `a mutant that is not caught: it should end in "${finding}"`
  return error.startsWith(finding) ? undefined : `it should end in "${finding}", not in "${error}"`
}
