/** The process that tries the cases. It may hang or crash, and leaves a note of which it is at. */
import { existsSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Campaign, type CampaignOptions, type Counts, type Violation } from './campaign.ts'
import { becomeMutant } from './mutants.ts'
import { Seam } from './seam.ts'

export interface TrierOptions extends Omit<CampaignOptions, 'seconds'> {
  /** As text: JSON has no infinity. */
  readonly seconds: string
  readonly mutant: string | undefined
  /** Where it notes which case it is at. */
  readonly notePath: string
}

export type Message = { readonly violation: Violation } | { readonly counts: Counts }

/** The length of a note; a shorter one is filled with spaces. */
const NOTE_BYTES = 200

/** At once: it may be the last word. */
function say(message: Message): void {
  writeSync(1, `${JSON.stringify(message)}\n`)
}

/** What goes wrong outside of any case: when the garbage collector gives something back. */
function onStray(error: unknown): void {
  say({ violation: { scenario: 'afterwards', fault: '', what: [String(error)] } })
}

const { mutant, notePath, ...options } = JSON.parse(process.argv[2] as string) as TrierOptions
process.on('uncaughtException', onStray).on('unhandledRejection', onStray)
// Memory that looks like a disk, where there is one: nothing here is about the disk.
const root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'mmapforge-faults-'))
try {
  if (mutant !== undefined) becomeMutant(mutant)
  const noteFd = openSync(notePath, 'w')
  const seam = new Seam()
  seam.install()
  const campaign = new Campaign(
    seam,
    root,
    { ...options, seconds: Number(options.seconds) },
    {
      trying: (what) => void writeSync(noteFd, what.slice(0, NOTE_BYTES).padEnd(NOTE_BYTES), 0),
      violation: (violation) => say({ violation }),
    },
  )
  await campaign.run()
  say({ counts: campaign.counts })
} finally {
  rmSync(root, { recursive: true, force: true })
}
