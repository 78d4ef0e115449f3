/** docs/benchmarks.md, all of it, from the recorded results: no figure in it is typed by hand. */
import { runtimeTitle } from '../machine.ts'
import type { PeersPart, Results, Runtime } from '../results.ts'
import { TARGETS } from '../targets.ts'
import { count } from './figures.ts'
import {
  flightsTable,
  limitTables,
  partTable,
  peersTable,
  runtimesOf,
  scaleTable,
  table,
  targetsTable,
  typesTable,
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
    ...(detailed ? details(results, detailed) : []),
    '## Every scalar type',
    'Ratio to the bare typed array with the same bounds check.',
    typesTable(results),
    ...limits(results),
    ...peers(results),
    ...scale(results),
    ...flights(results),
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

const METHOD = `Times are of one operation. *Median* and *p99* are over samples of some thousand operations each, so that a pause shows in
the p99 only where it is long or frequent. *Bytes* are what the engine's heap grew by, an operation; – where it does not
tell. A *ratio* is the median over many rounds in which both take turns, each with its best sample of the round: on a
machine with other work to do, two figures that were taken one after the other say little. The record is one of 48
bytes: a uint53, three float64, and a bool; where nothing else is said, 200 of them, which stay in the nearest caches.`

const APPEND_NOTE = `The first store to each page of a file makes the processor ask the kernel for it, whoever stores there. That is
most of an append that grows a file, and is shown on its own [below](#appends); appends into pages that were touched
before show what is the store's own.`

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

const LIMITS_NOTE = `Written out by hand over typed arrays of the heap, one check or one store more in each line: what no store can do
without that promises the same. Ratios are to the first line. What then stands between the last of these and the store is the
store's own; the journal keeps what a record held, so that a writer that dies in the middle leaves nothing mixed.`

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

const REPEAT = `## Repeat it

| | |
|---|---|
| \`npm run bench\` | everything, on this Node; replaces the results it repeats, this page and its charts |
| \`npm run bench -- --quick\` | the operations only, in about a minute; changes nothing |
| \`npm run bench -- --runtimes PATH\` | also on other runtimes: a program, or a folder that npm installed some into; may be given more than once |
| \`npm run bench -- --only strings\` | one part: fields, records, appends, strings, scans, stores, openings, growth, large, types, limits, peers, scale, flights |
| \`npm run bench -- --dir PATH --large\` | files there; up to 100 million records |
| \`npm run bench:guard\` | fails where a ratio got 30 % worse than the recorded one, in each of three tries |

The other libraries are installed by npm into a folder of the system's temporary folder, and stay there for the next time.`
