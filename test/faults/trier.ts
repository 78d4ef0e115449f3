/** The process that tries the cases, and says which it is at. */
import { existsSync, mkdtempSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Campaign, type Counts, type Violation } from './campaign.ts'
import { becomeMutant } from './mutants.ts'
import type { FaultOptions } from './options.ts'
import { Seam } from './seam.ts'

export type Message =
  | { readonly trying: string }
  | { readonly violation: Violation }
  | { readonly counts: Counts }

/** At once: it may be the last word. */
function say(message: Message): void {
  writeSync(1, `${JSON.stringify(message)}\n`)
}

/** What goes wrong outside of any case: when the garbage collector gives something back. */
function onStray(error: unknown): void {
  say({ violation: { scenario: 'afterwards', fault: '', what: [String(error)] } })
}

const options = JSON.parse(process.argv[2] as string) as FaultOptions
process.on('uncaughtException', onStray).on('unhandledRejection', onStray)
// Memory that looks like a disk, where there is one: nothing here is about the disk.
const root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'mmapforge-faults-'))
try {
  if (options.mutant !== undefined) becomeMutant(options.mutant)
  const seam = new Seam()
  seam.install()
  const campaign = new Campaign(seam, root, { ...options, seconds: Number(options.seconds) }, say)
  await campaign.run()
  say({ counts: campaign.counts })
} finally {
  rmSync(root, { recursive: true, force: true })
}
