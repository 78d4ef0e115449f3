/** Calls that fail leave nothing behind; and a library that forgets one thing is caught. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { filesOf, sourceOf } from '../house/sources.support.ts'
import { builtPath, projectPath } from '../support/project.ts'
import type { RunResult } from './main.ts'
import { isSeen } from './seam.ts'

const SECONDS = 7
/** Mutants are caught within seconds; this is for machines that do much else. */
const MUTANT_SECONDS = 120

function faults(...options: string[]): Promise<RunResult> {
  const args = [builtPath('build/test/faults/main.js'), '--json', ...options]
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { maxBuffer: 2 ** 28 }, (_error, output, errors) => {
      if (output === '') reject(new Error(`the faults printed nothing but: ${errors}`))
      else resolve(JSON.parse(output) as RunResult)
    })
  })
}

describe('what is sound', () => {
  it('leaves nothing behind, whichever call fails', async () => {
    const { seed, counts, violations } = await faults('--seconds', String(SECONDS))
    expect(violations, `seed ${seed}`).toEqual([])
    expect(counts?.thrown).toBeGreaterThan(0)
    // Those that depend on time.
    expect(counts?.missed).toBeLessThan((counts?.cases ?? 0) / 100)
  })
})

describe('a mutant is caught', () => {
  it.each([
    ['forgetful', /^(descriptor|lock|mapping|it left) /],
    ['faint', /^(descriptor|lock|mapping|it left) /],
    ['keeping', /^(descriptor|lock) /],
    ['forgiving', /says that all is synced/],
  ])('%s', { timeout: 2 * MUTANT_SECONDS * 1000 }, async (mutant, kind) => {
    const options = ['--mutant', mutant, '--until-caught', '--seconds', String(MUTANT_SECONDS)]
    const { violations } = await faults(...options)
    expect(violations.flatMap(({ what }) => what)).toContainEqual(expect.stringMatching(kind))
  })
})

it('every function of node:fs that the library calls is one that can fail here', () => {
  const paths = filesOf(['src'], '.ts').filter((path) => !path.startsWith('src/cli/'))
  const names = paths.flatMap((path) => namesFromFs(path, readFileSync(projectPath(path), 'utf8')))
  expect(new Set(names).size).toBeGreaterThan(10)
  // What is no function, and what is behind NativeOs.
  const rest = names.filter((name) => !isSeen(name) && !['constants', 'fdatasync'].includes(name))
  expect(rest).toEqual([])
})

/** What a source imports from `node:fs` but types. */
function namesFromFs(path: string, text: string): string[] {
  const nodes = sourceOf(path, text).nodes as unknown as readonly ImportNode[]
  return nodes
    .filter(({ type, source }) => type === 'ImportDeclaration' && source.value === 'node:fs')
    .flatMap(({ specifiers }) => specifiers.filter(({ importKind }) => importKind !== 'type'))
    .map(({ imported }) => imported?.name ?? '*')
}

interface ImportNode {
  readonly type: string
  readonly source: { readonly value: string }
  readonly specifiers: readonly {
    readonly importKind?: string
    readonly imported?: { readonly name: string }
  }[]
}
