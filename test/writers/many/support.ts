/** Stores with many writers: in this process, and beside it, where they do as they are told. */
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, onTestFinished } from 'vitest'
import { journalIdIn } from '../../../src/format/journal.ts'
import { SETUP_OFFSET_BYTES } from '../../../src/format/lock.ts'
import { nativeOs } from '../../../src/os/native-os.ts'
import type { LockKind } from '../../../src/os/os.ts'
import { WriterSlots } from '../../../src/writers/writer-slots.ts'
import type { Child, Message, startProcess, startWorker } from '../../processes/child.ts'
import type { TickStore } from '../../processes/stores.ts'
import { type AnyStore, openedOf } from '../../support/any-store.ts'
import { tempPath } from '../../support/temp.ts'
import { RECORD_BYTES, recordOffsetBytes, TICK, tickFile } from '../../support/tick-files.ts'

export type Ticks = InstanceType<typeof TickStore>

/** Long enough for a live writer that is not held up, short enough to wait for. */
export const STALL_MS = 40
/**
 * Address space for as much as the tests need: the runtime counts what is reserved as memory in use, and collects garbage
 * for it.
 */
export const SMALL = { reserve: 2 ** 20 } as const
export const MANY = { ...SMALL, writers: 'many', stallTimeoutMs: STALL_MS } as const

/** The path of a closed store of some records, each with its index as its volume. */
export function newStore(count = 3, path = tempPath()): string {
  return tickFile(count, { ...MANY, path, recordAt: (volume) => ({ ...TICK, volume }) })
}

/** The words of a store's file, as any writer sees them. */
export function wordsOf(store: Ticks): Int32Array {
  return new Int32Array(openedOf(store as unknown as AnyStore).region.buffer)
}

/** Index of a record's counter in {@link wordsOf}. */
export function counterAt(index: number): number {
  return recordOffsetBytes(index) / 4
}

/**
 * Locks of the test's own on a store's lock file, and on the store if there is one, as another process that shares its
 * journal would hold them; closed with the test at the latest.
 */
export function locksOf(path: string) {
  const os = nativeOs(path)
  const fd = openSync(`${path}.lock`, 'r+')
  // Of the store, once there is one.
  const slots = new WriterSlots(os, openSync(existsSync(path) ? path : `${path}.lock`, 'r+'), path)
  let isOpen = true
  const close = (): void => {
    if (isOpen) closeSync(fd)
    isOpen = false
    slots.release()
  }
  onTestFinished(close)
  if (existsSync(`${path}.journal`)) slots.useJournal(journalIdIn(readFileSync(`${path}.journal`)))
  return {
    slots,
    tryBeginSetup: (): boolean => os.tryLockRange(fd, SETUP_OFFSET_BYTES, 1),
    endSetup: (): void => os.unlockRange(fd, SETUP_OFFSET_BYTES, 1),
    lock: (kind: LockKind): boolean => os.tryLock(fd, kind),
    unlock: (): void => os.unlock(fd),
    close,
  }
}

/** Has a store let go of all its locks, as the kernel does when its holder dies. */
export function releaseLocks(store: Ticks): void {
  const { locks } = openedOf(store as unknown as AnyStore)
  locks?.slots.release()
  locks?.lock.release()
}

/**
 * Has a writer begin a write of a record, tear the record, and be dead, as the kernel sees it: its locks are gone.
 *
 * @param hasImage the write is more than one store of one number
 */
export function dieInRecord(store: Ticks, index: number, hasImage = true): void {
  const { writer } = openedOf(store as unknown as AnyStore)
  writer.take(wordsOf(store), counterAt(index), index, 2, hasImage ? RECORD_BYTES / 4 - 2 : 0)
  if (hasImage) wordsOf(store).fill(-1, counterAt(index) + 4, counterAt(index) + 8)
  releaseLocks(store)
}

/** What {@link Writer.hold} gives. */
export interface Held {
  /** Lets the record go; gives what the holder says. */
  release(): Promise<Message>
}

/** A writer beside the test. */
export class Writer {
  readonly child: Child
  readonly pid: number
  readonly recovered: unknown
  readonly #path: string
  #holdCount = 0

  private constructor(child: Child, path: string, { pid, recovered }: Message) {
    this.child = child
    this.pid = pid as number
    this.recovered = recovered
    this.#path = path
  }

  static async start(
    start: typeof startProcess | typeof startWorker,
    path: string,
    options: object = MANY,
  ): Promise<Writer> {
    const child = start('many.mjs', { how: 'open', path, options })
    const opened = await child.next()
    expect(opened).toHaveProperty('length')
    return new Writer(child, path, opened)
  }

  tell(command: object): void {
    const asText = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value)
    this.child.send(JSON.stringify(command, asText))
  }

  async call(method: string, ...args: unknown[]): Promise<Message> {
    this.tell({ do: 'call', method, args })
    return await this.child.next()
  }

  async look(property: string): Promise<unknown> {
    this.tell({ do: 'look', property })
    return (await this.child.next())['result']
  }

  /** Has it take a record and keep it; released, it sets `price`, or throws where there is none. */
  async hold(index: number, price?: number): Promise<Held> {
    const until = `${this.#path}.${this.pid}.${this.#holdCount++}.released`
    this.tell({ do: 'hold', index, until, price })
    expect(await this.child.next()).toEqual({ holding: true })
    return {
      release: async () => {
        expect(existsSync(until)).toBe(false)
        writeFileSync(until, '')
        return await this.child.next()
      },
    }
  }

  /** Has it begin a call and die on the way. */
  async die(where: string, more: object): Promise<void> {
    this.tell({ do: 'die', where, ...more })
    // One that does not die says something.
    expect(await this.child.next().catch(() => 'dead')).toBe('dead')
    expect(await this.child.ended).toBe(null)
  }

  async close(): Promise<void> {
    this.tell({ do: 'close' })
    expect(await this.child.next()).toEqual({ closed: true })
    expect(await this.child.ended).toBe(0)
  }
}
