/** Results of a run in the place of those that it repeats; and which runtimes a run is on. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { mergeResults } from '../../bench/results/merge.ts'
import { findRuntimes, flagsOf, newestNode } from '../../bench/run/runtimes.ts'
import { tempFolder } from '../support/temp.ts'
import { MACHINE, part, resultsOf, row } from './results.support.ts'

describe('merging results', () => {
  const old = resultsOf(part('fields', '20.1.0', [row('get', 2, 1)]), part('strings', '20.1.0', []))

  it('replaces what was measured again on the same line of releases', () => {
    const again = part('fields', '20.2.0', [row('get', 1, 1)])
    expect(mergeResults(old, MACHINE, [again]).parts).toEqual([again, old.parts[1]])
  })

  it('adds what is of another part or another runtime', () => {
    const added = [
      part('scans', '20.1.0', []),
      part('fields', '22.1.0', []),
      part('fields', '20.1.0', [], 'Bun'),
    ]
    expect(mergeResults(old, MACHINE, added).parts).toEqual([...old.parts, ...added])
  })

  it('keeps each kind of result apart', () => {
    const runtime = { name: 'Node', version: '20.1.0' }
    const date = '2026-01-02'
    const peers = { date, runtime, records: 1, peers: [] }
    const scale = { date, runtime, fileSystem: 'ext4', points: [] }
    const flights = { date, runtime, file: '', rows: 1, origins: 1, decodeSeconds: 1, results: [] }
    const merged = mergeResults(old, MACHINE, [peers, scale, flights])
    expect(merged).toEqual({ ...old, peers: [peers], scale: [scale], flights: [flights] })
  })

  it('drops those of another machine', () => {
    const fresh = part('fields', '20.1.0', [])
    expect(mergeResults(old, { ...MACHINE, processor: 'Another' }, [fresh]).parts).toEqual([fresh])
  })
})

describe('runtimes', () => {
  /** A program that only tells its version. */
  function fakeProgram(path: string, version: string): string {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `#!/bin/sh\necho ${version}\n`)
    chmodSync(path, 0o755)
    return path
  }

  it('are this one, the given programs, and those that npm installed into a folder', () => {
    const folder = tempFolder()
    const modules = join(folder, 'node_modules')
    const node = fakeProgram(join(modules, 'node30', 'bin', 'node'), 'v30.1.2')
    const bun = fakeProgram(join(modules, '.bin', 'bun'), '1.9.0')
    fakeProgram(join(modules, 'nodemon', 'bin', 'node'), 'v1.0.0')
    const other = fakeProgram(join(tempFolder(), 'deno'), 'deno 3.0.0')
    const [here, ...found] = findRuntimes([folder, other])
    expect(here?.path).toBe(process.execPath)
    expect(found).toEqual([
      { path: node, version: 'v30.1.2', kind: 'node' },
      { path: bun, version: '1.9.0', kind: 'bun' },
      { path: other, version: 'deno 3.0.0', kind: 'deno' },
    ])
    expect(found.map(flagsOf)[2]).toContain('-A')
  })

  it('have a newest Node, by number and not by letter', () => {
    const node = (version: string) => ({ path: version, version, kind: 'node' as const })
    const bun = { path: 'bun', version: '99.0.0', kind: 'bun' as const }
    expect(newestNode([node('v9.0.0'), node('v26.1.0'), bun, node('v20.0.0')])?.version).toBe('v26.1.0')
    expect(newestNode([bun])).toBeUndefined()
  })
})
