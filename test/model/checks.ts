/** What the model checker is asked: that the protocol holds, in several sizes, and that each mutant of it does not. */

/** What spin says of a model that is wrong. */
export type Finding = 'assertion violated' | 'invalid end state'

export interface Check {
  readonly name: string
  readonly model: 'record.pml' | 'append.pml'
  /** Names and sizes as the models ask for them. */
  readonly defines: readonly string[]
  /** `undefined` where the protocol has to hold. */
  readonly finding?: Finding
  /** Looks for endless runs instead, under weak fairness: nobody goes round in circles for ever. */
  readonly endless?: boolean
  /** Takes long enough for the compiler's optimisation to pay, and too long for `npm test`. */
  readonly large?: boolean
}

const THREE = ['WRITERS=3', 'SLOTS=3', 'WRITES=1', 'READERS=0']
const PLAIN = ['NO_CANCEL', 'NO_SINGLE']

const SOUND: readonly Check[] = [
  {
    name: '2 writers, 1 reader, 1 crash',
    model: 'record.pml',
    defines: ['NO_CANCEL'],
    large: true,
  },
  {
    name: '2 writers that also cancel, 1 reader, 1 crash',
    model: 'record.pml',
    defines: ['NO_SINGLE'],
    large: true,
  },
  { name: '2 writers, 1 crash', model: 'record.pml', defines: ['READERS=0'] },
  {
    name: '2 writers, 1 reader, 1 crash, store buffers of 2',
    model: 'record.pml',
    defines: ['TSO=2', ...PLAIN],
    large: true,
  },
  {
    name: '2 writers, 1 crash, store buffers of 8',
    model: 'record.pml',
    defines: ['TSO=8', 'READERS=0', ...PLAIN],
    large: true,
  },
  {
    name: '3 writers, 1 crash, store buffers of 2',
    model: 'record.pml',
    defines: ['TSO=2', 'NO_CANCEL', ...THREE],
    large: true,
  },
  {
    name: '3 writers, 2 crashes',
    model: 'record.pml',
    defines: ['CRASHES=2', ...THREE],
    large: true,
  },
  {
    name: '3 writers that leave at last, 2 crashes',
    model: 'record.pml',
    defines: ['LEAVING', 'CRASHES=2', 'NO_CANCEL', ...THREE],
    large: true,
  },
  {
    name: '3 writers, 2 records, 2 crashes',
    model: 'record.pml',
    defines: ['RECORDS=2', 'CRASHES=2', ...THREE, ...PLAIN],
    large: true,
  },
  {
    name: '2 writers and 2 newcomers to their slots, 2 crashes',
    model: 'record.pml',
    defines: ['NEWCOMERS=2', 'CRASHES=2', 'WRITES=1', 'READERS=0', 'NO_CANCEL'],
    large: true,
  },
  {
    name: '3 writers and a newcomer, 1 crash',
    model: 'record.pml',
    defines: ['NEWCOMERS=1', 'CRASHES=1', ...THREE, ...PLAIN],
    large: true,
  },
  {
    name: 'every run of 3 writers ends, 1 crash',
    model: 'record.pml',
    defines: ['NO_CANCEL', ...THREE],
    endless: true,
    large: true,
  },
  { name: 'appends of 2 writers, 1 reader, 1 crash', model: 'append.pml', defines: [] },
  {
    name: 'appends of 2 writers, 1 reader, 1 crash, store buffers of 3',
    model: 'append.pml',
    defines: ['TSO=3'],
    large: true,
  },
  {
    name: 'appends of 3 writers, 1 reader, 2 crashes',
    model: 'append.pml',
    defines: ['WRITERS=3', 'SLOTS=3', 'APPENDS=1', 'CRASHES=2'],
    large: true,
  },
  {
    name: 'appends of 2 writers and a newcomer, 1 reader, 2 crashes',
    model: 'append.pml',
    defines: ['NEWCOMERS=1', 'APPENDS=1', 'CRASHES=2'],
    large: true,
  },
  {
    name: 'every run of appends ends, 1 crash',
    model: 'append.pml',
    defines: ['NEWCOMERS=1', 'APPENDS=1', 'READERS=0'],
    endless: true,
  },
]

const TORN = 'assertion violated'
const STUCK = 'invalid end state'

const record = (name: string, finding: Finding, ...defines: readonly string[]): Check => ({
  name,
  model: 'record.pml',
  defines,
  finding,
})
const append = (name: string, finding: Finding, ...defines: readonly string[]): Check => ({
  name,
  model: 'append.pml',
  defines: ['READERS=0', ...defines],
  finding,
})

const MUTANTS: readonly Check[] = [
  record('the counter is not looked at again after the data', TORN, 'NO_RECHECK'),
  record('stores overtake each other', TORN, 'PSO', 'READERS=0', 'WRITES=1'),
  record('the counter is taken by a plain store', TORN, 'NO_CAS', 'READERS=0'),
  record('the image is kept before the counter is taken', TORN, 'IMAGE_FIRST', ...THREE),
  record('the last to leave forgets what a dead writer held', TORN, 'LEAVING', 'LEAVE_BLIND', 'READERS=0'),
  record('a slot names its record only after the counter was taken', STUCK, 'NAME_LATE', 'READERS=0'),
  record('the flag is set before the image is whole', TORN, 'FLAG_EARLY', 'READERS=0'),
  record('the flag of the last image stays while a new record is named', TORN, 'KEEP_FLAG', 'READERS=0'),
  record('the flag is cleared before the counter is even', TORN, 'FORGET_EARLY', 'READERS=0'),
  record('takeover without a look at the byte', TORN, 'NO_LOCK', 'READERS=0'),
  record('takeover that does not heed a live slot of the same name', TORN, 'IGNORE_OTHERS', ...THREE),
  record('takeover that does not look at the counter again', TORN, 'NO_STILL', 'READERS=0'),
  record('takeover that frees the record before its content is back', TORN, 'COUNTER_FIRST', 'READERS=0'),
  record('takeover that clears names before it frees', STUCK, 'CLEAR_FIRST', 'CRASHES=2', ...THREE),
  {
    name: 'takeover that trusts a name it read before it had the byte',
    model: 'record.pml',
    defines: ['NO_REREAD', 'RECORDS=2', 'CRASHES=2', 'WRITERS=3', 'SLOTS=3', 'READERS=0', ...PLAIN],
    finding: STUCK,
    large: true,
  },
  record('cancel that puts the counter back', TORN, 'CANCEL_BACK', ...THREE),
  record(
    'cancel that puts the counter back and keeps its name',
    STUCK,
    'CANCEL_BACK',
    'KEEP_NAMING',
    ...THREE,
  ),
  record(
    'a newcomer that leaves to others what its slot names',
    STUCK,
    'CLAIM_BLIND',
    'MAY_REST',
    'NEWCOMERS=1',
    'WRITES=1',
    'READERS=0',
  ),
  {
    name: 'a newcomer whose slot keeps a name that is still to come',
    model: 'record.pml',
    defines: ['CLAIM_KEEPS', 'MAY_REST', 'NEWCOMERS=1', 'CRASHES=2', ...THREE, 'NO_CANCEL', 'NO_MULTI'],
    finding: STUCK,
    large: true,
  },
  record('a name is compared by its low half', STUCK, 'NO_HIGH', 'FIRST=2', ...THREE.slice(0, 2), ...PLAIN),
  record(
    'the high half is raised by a store before the last',
    STUCK,
    'CARRY_HIGH_FIRST',
    'FIRST=2',
    'READERS=0',
  ),
  record(
    'the high half is raised by a store after the last',
    STUCK,
    'CARRY_LOW_FIRST',
    'FIRST=2',
    'READERS=0',
  ),
  append('the mutex is taken by a load and a store', TORN, 'NO_CAS'),
  append('the mutex is taken from one that lives', TORN, 'STEAL'),
  append('the byte is unlocked before the mutex is taken', TORN, 'UNLOCK_FIRST', 'NEWCOMERS=1'),
  append('a newcomer leaves the mutex to others', STUCK, 'CLAIM_BLIND', 'NEWCOMERS=1'),
  append('a record is counted before it is whole', TORN, 'COUNT_FIRST'),
  append('the mutex is free before the record is counted', TORN, 'FREE_FIRST'),
  append('what a dead appender left stays', TORN, 'NO_CLEAR'),
  append(
    'what a dead appender left is cleared from its counter on',
    TORN,
    'CLEAR_COUNTER_FIRST',
    'CRASHES=2',
    'WRITERS=3',
    'SLOTS=3',
    'APPENDS=1',
  ),
]

export const CHECKS: readonly Check[] = [...SOUND, ...MUTANTS]
