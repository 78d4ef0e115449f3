/** What docs/benchmarks.md says beside its tables: how, and why, but no figure. */

export const METHOD = `Times are of one operation. *Median* and *p99* are over samples of some thousand operations each, so that a pause shows in
the p99 only where it is long or frequent. *Bytes* are what the engine's heap grew by, an operation; – where it does not
tell. A *ratio* is the median over many rounds in which both take turns, each with its best sample of the round: on a
machine with other work to do, two figures that were taken one after the other say little. The record is one of 48
bytes: a uint53, three float64, and a bool; where nothing else is said, 200 of them, which stay in the nearest caches.`

export const APPEND_NOTE = `The first store to each page of a file makes the processor ask the kernel for it, whoever stores there. That is
most of an append that grows a file, and is shown on its own [below](#appends); appends into pages that were touched
before show what is the store's own.`

export const JOURNAL_NOTE = `All of it is measured as users get it, with the journal. What that adds to a write, and \`journal: false\` spares, is shown
[below](#many-writers-and-the-journal).`

export const STRINGS_NOTE = `The strings repeat, as most do: the store knows short ones again by their bytes. Rows of their own, [below](#strings), have 200,
1,000 and 10,000 of them, and such as never repeat. Longer ones are copied before they are decoded: native decoders look
twice, and must not see bytes that another process is changing.`

export const MANY_NOTE = `Two writers can only be kept apart by an atomic step of the processor for each write. In JavaScript that is a call
(\`Atomics.compareExchange\`), whose cost on bare arrays is shown beside ours: it is several times that of a store by itself, so
that with many writers the target for the store of one number is out of reach on runtimes that do not compile it in line.`

export const LIMITS_NOTE = `Written out by hand over typed arrays of the heap, one check or one store more in each line: what no store can do
without that promises the same. Ratios are to the first line. What then stands between the last of these and the store is the
store's own; the journal keeps what a record held, so that a writer that dies in the middle leaves nothing mixed.`

export const REPEAT = `## Repeat it

| | |
|---|---|
| \`npm run bench\` | everything, on this Node; replaces the results it repeats, this page and its charts |
| \`npm run bench -- --quick\` | the operations only, in about a minute; changes nothing |
| \`npm run bench -- --runtimes PATH\` | also on other runtimes: a program, or a folder that npm installed some into; may be given more than once |
| \`npm run bench -- --only strings\` | one part: fields, records, appends, strings, scans, stores, openings, growth, large, types, limits, peers, scale, flights |
| \`npm run bench -- --dir PATH --large\` | files there; up to 100 million records |
| \`npm run bench:ab\` | \`-- --base REF\`: the working tree beside that commit, in one process, on every runtime; fails where an operation takes more than 1.05 times as long in each of three tries |

The other libraries are installed by npm into a folder of the system's temporary folder, and stay there for the next time.`
