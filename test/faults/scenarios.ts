/** What may be under way when a call fails. */
import { chownSync, linkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import type { StoreOptions } from '../../src/index.ts'
import type { Lacking } from './seam.ts'
import { ALONE, OtherStore, QUICK, RowStore, type Stage } from './stage.ts'

/**
 * - `opening`: the act makes the subject, or throws and has done nothing
 * - `using`: the act uses the subject, or throws and has changed nothing
 * - `closing`: the act closes the subject, even if it throws
 */
export type Kind = 'opening' | 'using' | 'closing'

export interface Scenario {
  readonly name: string
  readonly kind: Kind
  /** What was there before. */
  prepare(stage: Stage): void
  act(stage: Stage): unknown
  /** The code that the act throws though nothing fails. */
  readonly refusal?: string
  /** Whether the act brings what was written to stable storage, or says that it can't. */
  readonly isSync?: boolean
  /** Whether there is something left in the end that only the next opener mends. */
  readonly leavesJournal?: boolean
  /** Whether the act goes on after it returns. */
  readonly isAsync?: boolean
  /** What the file system can't do at all. */
  readonly lacking?: Lacking
}

/** How a store is written to. */
const WRITERS = {
  one: ALONE,
  many: { ...QUICK, writers: 'many' },
  unlocked: { ...QUICK, writers: 'unlocked' },
} as const satisfies Record<string, StoreOptions>
const READER = { ...QUICK, readOnly: true } as const
const ANYBODY = { ...WRITERS, reader: READER } as const

const NO_LINKS: Lacking = { linkSync: 'EPERM' }
const NO_ALLOCATION: Lacking = { allocateBlocks: 'EOPNOTSUPP' }
/** The second time of an allocation that may not move the end is of no use. */
const nothing = (): void => undefined

function opening(
  name: string,
  how: 'create' | 'open' | 'openOrCreate',
  options: StoreOptions,
  prepare: (stage: Stage) => void = nothing,
  more: Partial<Scenario> = {},
): Scenario {
  return {
    name: `${how} ${name}`,
    kind: 'opening',
    prepare,
    act: (stage) => {
      stage.subject = RowStore[how](stage.path, options)
    },
    ...more,
  }
}

/** Long enough for a second look, which comes at once. */
const READY_TIMEOUT_MS = 20

function openingWhenReady(
  name: string,
  options: StoreOptions,
  prepare: (stage: Stage) => void,
  more: Partial<Scenario> = {},
): Scenario {
  return {
    name: `openWhenReady ${name}`,
    kind: 'opening',
    prepare,
    act: async (stage) => {
      stage.subject = await RowStore.openWhenReady(stage.path, { ...options, timeoutMs: READY_TIMEOUT_MS })
    },
    isAsync: true,
    ...more,
  }
}

const closed = (stage: Stage): void => stage.stand()

/** What is left where a writer died in a record. */
function crashed(writers: StoreOptions): (stage: Stage) => void {
  return (stage) => {
    stage.stand()
    const store = RowStore.open(stage.path, writers)
    stage.set(store, 1, 1)
    stage.die(store, 1)
  }
}

function beside(options: StoreOptions): (stage: Stage) => void {
  return (stage) => {
    stage.stand()
    stage.openOther(options)
  }
}

/** Some of what creators leave that died, and of stores whose file was removed. */
function littered({ path }: Stage): void {
  const litter = {
    '.lock': 'taken',
    '.creating': 'MMFG',
    '.schema.json': '{ "sidecarVersion": 1 }',
    '.schema.json.creating': '',
    '.journal': 'MMFJ',
    '.journal.creating': 'MMFJ',
  }
  for (const [suffix, content] of Object.entries(litter)) writeFileSync(path + suffix, content)
}

/** Beside the name of a store, a file of somebody else's. */
function taken(suffix: string): (stage: Stage) => void {
  return ({ path }) => writeFileSync(path + suffix, 'theirs')
}

function linked(stage: Stage): void {
  stage.stand()
  const target = `${stage.path}.target`
  for (const suffix of ['', '.lock', '.schema.json']) renameSync(stage.path + suffix, target + suffix)
  symlinkSync(target, stage.path)
}

function bare(stage: Stage): void {
  stage.stand()
  for (const suffix of ['.lock', '.schema.json']) rmSync(stage.path + suffix)
}

const OPENINGS: readonly Scenario[] = [
  ...Object.entries(WRITERS).flatMap(([name, options]) => [
    opening(`${name}`, 'create', options),
    opening(`${name} amid litter`, 'create', options, littered),
    opening(`${name} for few`, 'create', { ...options, mode: 0o640 }),
    opening(`${name} where its schema file is not`, 'create', options, taken('.schema.json'), {
      refusal: 'ERR_BAD_MAGIC',
    }),
    opening(`${name} where its lock is not`, 'openOrCreate', options, taken('.lock'), {
      refusal: 'ERR_BAD_MAGIC',
    }),
    opening(`${name} without hard links`, 'create', options, nothing, { lacking: NO_LINKS }),
    opening(`${name} without allocation`, 'create', options, nothing, { lacking: NO_ALLOCATION }),
    opening(`${name} where one is`, 'create', options, closed, { refusal: 'EEXIST' }),
    opening(`${name} anew`, 'openOrCreate', options),
    opening(`${name} without lock and schema file`, 'open', options, bare),
    opening(`${name} of another user’s`, 'open', options, (stage) => {
      bare(stage)
      // Where that is not allowed, it is one more of one's own.
      if (process.getuid?.() === 0) chownSync(stage.path, 4001, 4002)
    }),
    opening(`${name} where none is`, 'open', options, nothing, { refusal: 'ENOENT' }),
  ]),
  ...Object.entries(ANYBODY).flatMap(([name, options]) => [
    opening(`${name}`, 'open', options, closed),
    opening(`${name} there`, 'openOrCreate', options, closed),
    opening(`${name} through a link`, 'open', options, linked),
    openingWhenReady(`${name}`, options, closed),
    openingWhenReady(`${name} where none is`, options, nothing, { refusal: 'ERR_TIMEOUT' }),
  ]),
  opening('of a reader where none is', 'openOrCreate', READER, nothing, { refusal: 'ENOENT' }),
  ...(['one', 'many'] as const).flatMap((name) => [
    opening(`one after a death of ${name}`, 'open', ALONE, crashed(WRITERS[name])),
    opening(`many after a death of ${name}`, 'open', WRITERS.many, crashed(WRITERS[name])),
    opening(`one beside ${name}`, 'open', ALONE, beside(WRITERS[name]), { refusal: 'ERR_LOCKED' }),
    opening(`create beside ${name}`, 'create', ALONE, beside(WRITERS[name]), { refusal: 'EEXIST' }),
    opening(`a reader beside ${name}`, 'open', READER, beside(WRITERS[name])),
  ]),
  opening('many beside many', 'open', WRITERS.many, beside(WRITERS.many)),
  opening('many beside many and a dead one', 'open', WRITERS.many, (stage) => {
    beside(WRITERS.many)(stage)
    stage.die(RowStore.open(stage.path, WRITERS.many), 2)
  }),
  {
    name: 'open in another order of fields',
    kind: 'opening',
    prepare: closed,
    act: ({ path }) => void OtherStore.open(path, ALONE).close(),
    refusal: 'ERR_SCHEMA_MISMATCH',
  },
  {
    name: 'create in a missing folder',
    kind: 'opening',
    prepare: nothing,
    act: ({ folder }) => void RowStore.create(`${folder}/none/store.mmf`, ALONE),
    refusal: 'ENOENT',
  },
]

/** Records that fill the file that they are in. */
const FULL = 64

function using(
  name: string,
  options: StoreOptions,
  act: (stage: Stage) => unknown,
  { count = 3, ...more }: Partial<Scenario> & { count?: number } = {},
): Scenario {
  return {
    name,
    kind: 'using',
    prepare: (stage) => {
      stage.stand(count)
      stage.openSubject(options)
    },
    act,
    ...more,
  }
}

const subjectOf = ({ subject }: Stage) => subject as NonNullable<typeof subject>
const append = (stage: Stage): void => stage.append(subjectOf(stage))
const set = (stage: Stage): void => stage.set(subjectOf(stage), 1, 2)

/** Appends behind the subject's back, so much that the file grows. */
function overtaken(options: StoreOptions, by: StoreOptions): Pick<Scenario, 'prepare'> {
  return {
    prepare: (stage) => {
      stage.stand(FULL / 2)
      const other = stage.openOther(by)
      stage.openSubject(options)
      stage.appendMany(other, 4 * FULL - stage.rows.length)
    },
  }
}

const USES: readonly Scenario[] = [
  ...Object.entries(WRITERS).flatMap(([name, options]) => [
    using(`${name} appends`, options, append),
    using(`${name} grows`, options, append, { count: FULL }),
    using(`${name} grows beyond what is reserved`, { ...options, reserve: 1 }, append, { count: FULL }),
    using(`${name} grows without allocation`, options, append, { count: FULL, lacking: NO_ALLOCATION }),
    using(`${name} grows by many`, options, (stage) => stage.appendMany(subjectOf(stage), 1000)),
    using(`${name} sets`, options, set),
    using(`${name} updates`, options, (stage) => {
      const row = { ...(stage.rows[2] as (typeof stage.rows)[0]), text: 'patched', price: 0.5 }
      subjectOf(stage).update(2, { text: row.text, price: row.price })
      stage.rows[2] = row
    }),
    using(`${name} modifies`, options, (stage) => {
      stage.rows[0] = subjectOf(stage).modify(0, (row) => ({ ...row, price: 7 }))
    }),
    using(`${name} sets a number`, options, (stage) => {
      subjectOf(stage).setPrice(0, 7)
      stage.rows[0] = { ...(stage.rows[0] as (typeof stage.rows)[0]), price: 7 }
    }),
  ]),
  ...Object.entries(ANYBODY).flatMap(([name, options]) => [
    using(`${name} syncs`, options, (stage) => subjectOf(stage).sync(), { isSync: true }),
    using(`${name} flushes`, options, (stage) => subjectOf(stage).flush(), { isSync: true, isAsync: true }),
    using(`${name} views`, options, (stage) => void subjectOf(stage).viewText(0)),
    using(
      `${name} waits`,
      options,
      (stage) =>
        subjectOf(stage)
          .waitForLength(stage.rows.length + 1, { timeoutMs: 2, ref: true })
          .catch((error: { code?: string }) => {
            if (error.code !== 'ERR_TIMEOUT') throw error
          }),
      { isAsync: true },
    ),
  ]),
  using(
    'a reader follows growth',
    READER,
    (stage) => void subjectOf(stage).get(4 * FULL - 1),
    overtaken(READER, ALONE),
  ),
  using('a reader leaves its reservation', READER, (stage) => void subjectOf(stage).get(4 * FULL - 1), {
    ...overtaken({ ...READER, reserve: 1 }, ALONE),
  }),
  using('many append after growth by another', WRITERS.many, append, overtaken(WRITERS.many, WRITERS.many)),
  using('many set what a dead one holds', WRITERS.many, set, {
    prepare: (stage) => {
      stage.stand()
      stage.openSubject(WRITERS.many)
      stage.die(RowStore.open(stage.path, WRITERS.many), 1)
    },
  }),
]

function closing(
  name: string,
  options: StoreOptions,
  use: (stage: Stage) => void,
  more: Partial<Scenario> = {},
): Scenario {
  return {
    name: `${name} closes`,
    kind: 'closing',
    prepare: (stage) => {
      stage.stand()
      stage.openSubject(options)
      use(stage)
    },
    act: (stage) => subjectOf(stage).close(),
    isSync: options.readOnly !== true,
    ...more,
  }
}

const CLOSINGS: readonly Scenario[] = [
  ...Object.entries(ANYBODY).map(([name, options]) => closing(name, options, nothing)),
  ...Object.entries(WRITERS).flatMap(([name, options]) => [
    closing(`${name} that has written`, options, (stage) => {
      append(stage)
      set(stage)
    }),
    closing(`${name} that has left its reservation`, { ...options, reserve: 1 }, (stage) => {
      stage.appendMany(subjectOf(stage), 4 * FULL)
    }),
  ]),
  closing('many beside another', WRITERS.many, set, {
    prepare: (stage) => {
      stage.stand()
      stage.openOther(WRITERS.many)
      stage.openSubject(WRITERS.many)
    },
  }),
  closing(
    'many after a death',
    WRITERS.many,
    (stage) => {
      stage.die(RowStore.open(stage.path, WRITERS.many), 2)
    },
    { leavesJournal: true },
  ),
  closing('a reader that has views', READER, (stage) => void subjectOf(stage).viewText(0)),
  closing('one under two names', ALONE, (stage) => linkSync(stage.path, `${stage.path}.second`)),
]

export const SCENARIOS: readonly Scenario[] = [...OPENINGS, ...USES, ...CLOSINGS]
