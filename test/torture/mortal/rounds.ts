/** A round of the torture of mortal writers: one store, from its creation to its audit. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { closureStore } from '../../../src/codegen/closures/store.ts'
import { defineStore, type Fields } from '../../../src/codegen/define-store.ts'
import { HEADER_SIZE_BYTES } from '../../../src/format/header.ts'
import { defineRecord, type StoreDefinition } from '../../../src/schema/definition.ts'
import { schemaFromFields } from '../../../src/schema/schema.ts'
import type { StoreOptions } from '../../../src/store/options.ts'
import { Random } from '../random.ts'
import { HOT_COUNT, type MortalStore, narrowFields, recordOf, type Width, wideFields } from './records.ts'

export interface Round {
  readonly number: number
  readonly path: string
  readonly width: Width
  /** Writers append no more once there are so many records. */
  readonly fullCount: number
  readonly durationMs: number
}

interface Opener {
  readonly definition: StoreDefinition
  create(path: string, options: StoreOptions): MortalStore
  open(path: string, options: StoreOptions): MortalStore
}

/** Stores are full at 2^8 to 2^13 records: 2 to 7 times doubled since the initial 64. */
const MIN_FULL_LOG2 = 8
const FULL_LOG2_RANGE = 6
const MIN_ROUND_MS = 250
const ROUND_RANGE_MS = 1000
/** Counters so close before the low half starts anew that it does within a round. */
const WRAP_RANGE = 2 ** 15

/** What a round is like, alike for all who take part. */
export function roundOf(directory: string, seed: number, number: number): Round {
  const random = new Random(seed + number * 7919)
  random.below(2)
  const width = random.below(2) === 0 ? 'narrow' : 'wide'
  const fullCount = 2 ** (MIN_FULL_LOG2 + random.below(FULL_LOG2_RANGE))
  const durationMs = MIN_ROUND_MS + random.below(ROUND_RANGE_MS)
  return { number, path: join(directory, `round-${number}.mmf`), width, fullCount, durationMs }
}

// By the sources, not by the package: a mutant replaces parts of these very modules.
const MAKERS: Readonly<Record<string, (width: Width, fields: Fields) => unknown>> = {
  closures: (width, fields) => closureStore(defineRecord(schemaFromFields(width, 1, fields))),
}
const openers = new Map<string, Opener>()

export function openerFor(variant: string, width: Width): Opener {
  const name = `${variant} ${width}`
  const make = MAKERS[variant] ?? ((_, fields) => defineStore(width, { version: 1 }, fields))
  const opener = openers.get(name) ?? (make(width, width === 'narrow' ? narrowFields : wideFields) as Opener)
  openers.set(name, opener)
  return opener
}

/** Makes a round's store, with the records to fight over in it. */
export function createRound({ path, width, number }: Round): void {
  const opener = openerFor('default', width)
  const store = opener.create(path, { writers: number % 2 === 0 ? 'one' : 'many' })
  for (let index = 0; index < HOT_COUNT; index++) store.append(recordOf(index + 1, width))
  store.close()
  const { recordSizeBytes } = opener.definition.layout
  const fd = openSync(path, 'r+')
  for (let index = 0; index < HOT_COUNT; index++) {
    const counter = new Uint32Array([2 ** 32 - 2 - 2 * Math.floor(Math.random() * WRAP_RANGE), index])
    writeSync(fd, new Uint8Array(counter.buffer), 0, 8, HEADER_SIZE_BYTES + index * recordSizeBytes)
  }
  closeSync(fd)
}

export function removeRoundFiles({ path }: Round): void {
  for (const suffix of ['', '.schema.json', '.lock', '.journal', '.journal.creating', '.wake']) {
    rmSync(path + suffix, { force: true })
  }
}
