/** Fabricated results, for what is made of results. */
import type { Baseline, Part, Results, Row, Timing } from '../../bench/results/results.ts'

export function timing(name: string, medianNs: number): Timing {
  return { name, medianNs, p99Ns: medianNs * 2, bytes: 0 }
}

/** A row of ours and one baseline. */
export function row(id: string, oursNs: number, baselineNs: number): Row {
  const baseline: Baseline = { ...timing('bare', baselineNs), ratio: oursNs / baselineNs }
  return {
    id,
    label: `label of ${id}`,
    ours: timing('store', oursNs),
    baselines: [baseline],
    ratio: baseline.ratio,
    against: 'bare',
  }
}

export function part(name: string, version: string, rows: Row[], runtime = 'Node'): Part {
  return { part: name, date: '2026-01-02', runtime: { name: runtime, version }, rows }
}

export const MACHINE = {
  processor: 'Some Processor',
  cores: 2,
  memoryGiB: 24,
  system: 'Linux x64',
  fileSystem: 'ext4',
}

export function resultsOf(...parts: Part[]): Results {
  return { machine: MACHINE, parts, peers: [], scale: [], flights: [], wakes: [] }
}
