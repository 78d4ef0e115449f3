/** `npm run bench -- --quick`: what an operation costs here, in nanoseconds and as a ratio to the limit. */
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { FULL, QUICK } from './measure.ts'
import { quickBenchmark, type Row } from './quick.ts'

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })

console.log(
  `${process.release.name} ${process.version} ${process.arch}, ${cpus()[0]?.model ?? 'unknown processor'}`,
)
console.log(
  'ns an operation (median), ratio to a bare typed-array loop with the same bounds check, heap bytes an operation\n',
)
console.log(line(['operation', 'ns', 'bare', 'ratio', 'p99', 'bytes']))

const folder = mkdtempSync(join(tmpdir(), 'mmapforge-bench-'))
try {
  await quickBenchmark(join(folder, 'store'), values.quick ? QUICK : FULL, print)
} finally {
  rmSync(folder, { recursive: true })
}

function print({ operation, ours, bare }: Row): void {
  const ratio = bare === undefined ? '' : `${(ours.medianNs / bare.medianNs).toFixed(2)}x`
  const bytes = Number.isNaN(ours.allocatedBytes) ? '?' : ours.allocatedBytes.toFixed(1)
  console.log(
    line([
      operation,
      ours.medianNs.toFixed(2),
      bare?.medianNs.toFixed(2) ?? '',
      ratio,
      ours.p99Ns.toFixed(2),
      bytes,
    ]),
  )
}

function line(cells: readonly string[]): string {
  return cells.map((cell, i) => (i === 0 ? cell.padEnd(34) : cell.padStart(9))).join('')
}
