/** docs/benchmarks.md, all of it, from the recorded results: no figure in it is typed by hand. */
import { runtimeTitle } from '../measure/machine.ts'
import type { PeersPart, Results, Runtime } from '../results/results.ts'
import { TARGETS } from '../results/targets.ts'
import { count } from './figures.ts'
import { APPEND_NOTE, JOURNAL_NOTE, LIMITS_NOTE, MANY_NOTE, METHOD, REPEAT, STRINGS_NOTE } from './notes.ts'
import {
  flightsTable,
  idleTable,
  limitTables,
  otherWorkTable,
  partTable,
  peersTable,
  runtimesOf,
  scaleTable,
  table,
  targetsTable,
  typesTable,
  wakesTable,
} from './tables.ts'

const TITLES: Readonly<Record<string, string>> = {
  fields: 'Fields',
  records: 'Whole records',
  appends: 'Appends',
  strings: 'Strings',
  scans: 'A million records',
  stores: 'Three stores in turn',
  openings: 'Opening',
  growth: 'Growth',
  large: 'Large files',
  writers: 'Many writers, and the journal',
  throughput: 'Several processes together',
}

export function documentOf(results: Results): string {
  const runtimes = runtimesOf(results)
  const detailed = runtimes.filter(({ name }) => name === 'Node').at(-1) ?? runtimes[0]
  return `${[
    '# Benchmarks',
    '<!-- Made by `npm run bench` from bench/results.json; changes here are lost. -->',
    machineText(results, runtimes),
    METHOD,
    '## Targets',
    'Each ratio is to the named limit, measured in turns in the same process. What misses its target is marked ✗.',
    targetsTable(results),
    APPEND_NOTE,
    JOURNAL_NOTE,
    STRINGS_NOTE,
    MANY_NOTE,
    ...(detailed ? details(results, detailed) : []),
    '## Every scalar type',
    'Ratio to the bare typed array with the same bounds check.',
    typesTable(results),
    ...limits(results),
    ...peers(results),
    ...scale(results),
    ...flights(results),
    ...waits(results),
    REPEAT,
  ].join('\n\n')}\n`
}

function machineText({ machine, parts }: Results, runtimes: readonly Runtime[]): string {
  const dates = [...new Set(parts.map(({ date }) => date))].sort()
  const when = dates.length > 1 ? `${dates[0]} to ${dates.at(-1)}` : (dates[0] ?? 'never')
  return [
    `Measured on ${when} on ${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB of memory,`,
    `${machine.system}, files on ${machine.fileSystem}; with`,
    `${runtimes.map(({ name, version }) => `${name} ${version}`).join(', ')}.`,
  ].join('\n')
}

/** All rows of each part, on one runtime. */
function details({ parts }: Results, runtime: Runtime): string[] {
  const own = parts.filter((part) => runtimeTitle(part.runtime) === runtimeTitle(runtime))
  const held = new Set(TARGETS.map(({ id }) => id))
  const shown = own.filter(({ part, rows }) => part in TITLES && rows.length > 0)
  return [
    `The tables from here to “Every scalar type” are of ${runtimeTitle(runtime)}. They have ${count(
      shown.flatMap(({ rows }) => rows).filter(({ id }) => !held.has(id)).length,
    )} rows beside those that have targets.`,
    ...shown.flatMap((part) => [`## ${TITLES[part.part]}`, partTable(part)]),
  ]
}

function limits(results: Results): string[] {
  const tables = limitTables(results)
  if (tables.length === 0) return []
  return ['## What the protocol costs, step by step', LIMITS_NOTE, ...tables]
}

function peers({ peers: all }: Results): string[] {
  const last = all.at(-1)
  if (last === undefined) return []
  return [
    '## Other libraries',
    `The same work on ${count(last.records)} records in no order, each library used as its own documentation advises for speed. *Times
ours* tells how many times as long it takes as the store.`,
    '![Time to read one field](charts/headline.svg)',
    '![Time to set one field](charts/set-field.svg)',
    '![Time to read a whole record](charts/get-record.svg)',
    '![Time to append a record](charts/append.svg)',
    ...all.flatMap(peersOf),
  ]
}

function peersOf(part: PeersPart): string[] {
  const operations = part.peers[0]?.cells.map(({ operation }) => operation) ?? []
  return [
    `### On ${runtimeTitle(part.runtime)}`,
    table(
      ['', 'how it is used'],
      part.peers.map(({ peer, version, note }) => [`${peer} ${version}`.trim(), note]),
    ).replace('---:', '---'),
    ...operations.map((operation) => peersTable(part, operation)),
  ]
}

function scale({ scale: all }: Results): string[] {
  return all.flatMap((part) => [
    '## From a thousand records up',
    `On ${runtimeTitle(part.runtime)}, files on ${part.fileSystem}. Appends grow the file, and touch its pages for the first time; the bare arrays
have their room from the start, since they can't grow without being copied.`,
    '![Reading one field, by number of records](charts/scale-get.svg)',
    '![Appending and scanning, by number of records](charts/scale-append.svg)',
    scaleTable(part),
  ])
}

function flights({ flights: all }: Results): string[] {
  return all.flatMap((part) => [
    '## Real work: three million flights',
    `\`${part.file}\` of the package \`vega-datasets\` (${count(part.rows)} flights, decoded by \`hyparquet\` in ${part.decodeSeconds.toFixed(2)} s, which is not
counted) is loaded, and the mean delay of each of ${part.origins} origins is computed over all rows. On ${runtimeTitle(part.runtime)}; all answers
agree.`,
    '![Rows a second](charts/flights.svg)',
    flightsTable(part),
  ])
}

function waits({ wakes: all }: Results): string[] {
  return all.flatMap((part) => [
    '## Waiting and watching',
    `Between two processes on ${runtimeTitle(part.runtime)}: from a write to where the waiter's own code runs again, at random times so far apart
that it sleeps in between; and what a write costs that wakes somebody.`,
    wakesTable(part),
    'What a wait in vain takes of one processor, once it has begun.',
    idleTable(part),
    `What the pool of threads of a process does that waits in ${part.others.waits} stores at once: none of them is held.`,
    otherWorkTable(part),
  ])
}
