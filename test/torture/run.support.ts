/** Runs of the torture as compiled for users. */
import { execFile } from 'node:child_process'
import { builtPath } from '../support/project.ts'
import type { RunResult } from './output.ts'

/** How long a mutant may take. It is caught within seconds; this is for machines that do much else. */
export const MUTANT_SECONDS = 120

export interface Run {
  readonly exitCode: number | string | null | undefined
  readonly result: RunResult
}

export function runTorture(...options: string[]): Promise<Run> {
  const flags = process.versions['deno'] === undefined ? [] : ['run', '-A']
  const command = [...flags, builtPath('build/test/torture/main.js'), '--json', ...options]
  return new Promise((resolve, reject) => {
    execFile(process.execPath, command, (error, output, errors) => {
      if (output === '') reject(new Error(`the torture printed nothing but: ${errors}`))
      else resolve({ exitCode: error === null ? 0 : error.code, result: JSON.parse(output) as RunResult })
    })
  })
}
