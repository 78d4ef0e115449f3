/** Documents that keep their word: what they refer to exists, and what they list is complete. */
import { existsSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { RecordStore } from 'mmapforge'
import { describe, expect, it } from 'vitest'
import { ERROR_CODES } from '../../src/errors.ts'
import {
  APPENDER_OFFSET_BYTES,
  COUNTER_HIGH_OFFSET_BYTES,
  COUNTER_LOW_OFFSET_BYTES,
  encodeJournalHeader,
  HAS_IMAGE,
  IMAGE_OFFSET_BYTES,
  IMAGE_STATE_OFFSET_BYTES,
  INDEX_OFFSET_BYTES,
  PART_LENGTH_OFFSET_BYTES,
  PART_START_OFFSET_BYTES,
  slotOffsetBytes,
  slotSizeBytes,
} from '../../src/format/journal.ts'
import { SETUP_OFFSET_BYTES } from '../../src/format/lock.ts'
import type { NativeOs } from '../../src/os/os.ts'
import {
  FIELD_TYPES,
  type FieldTypeName,
  fieldTypeOf,
  isEnum,
  isSized,
  TS_TYPES,
  VIEW_BYTES,
} from '../../src/schema/field-types.ts'
import { grownSizeBytes } from '../../src/store/growth.ts'
import { checkOptions } from '../../src/store/options.ts'
import { WriterSlots } from '../../src/writers/writer-slots.ts'
import { ROOT } from '../support/project.ts'
import { filesOf, readText } from './sources.support.ts'

const DOCS = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...filesOf(['docs'], '.md')]
const manifest = JSON.parse(readText('package.json'))

interface Link {
  readonly text: string
  /** From the top of the project. */
  readonly path: string
  readonly anchor: string | undefined
}

/** What a document links to within the project. */
function linksOf(doc: string): Link[] {
  const links = readText(doc).matchAll(/\[([^\]]*)\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)
  return [...links].map(([, text = '', target = '', anchor]) => ({
    text,
    path: target === '' ? doc : join(dirname(doc), target),
    anchor,
  }))
}

/** How a heading is linked to. */
function anchorsOf(doc: string): string[] {
  return [...readText(doc).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    (heading as string)
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}

/** Rows of the tables under a heading, without their heads, cells trimmed. */
function rowsUnder(doc: string, heading: string): string[][] {
  const text = readText(doc).replace(/^```[\s\S]*?^```$/gm, '')
  const section = text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  return [...section.matchAll(/^\|(?!-)(.*)\|$/gm)]
    .map(([, row]) => (row as string).split('|').map((cell) => cell.trim()))
    .slice(1)
}

describe.each(DOCS)('%s', (doc) => {
  it('links to what exists', () => {
    const links = linksOf(doc)
    expect(links.filter(({ path }) => !existsSync(join(ROOT, path)))).toEqual([])
    const toHeadings = links.filter(({ anchor }) => anchor !== undefined)
    expect(toHeadings.filter(({ path, anchor }) => !anchorsOf(path).includes(anchor as string))).toEqual([])
  })

  it('names a file by a link to it', () => {
    const named = linksOf(doc).filter(({ text }) => /^(test|src)\//.test(text))
    expect(named.filter(({ text, path }) => text !== path)).toEqual([])
    const unlinked = readText(doc).replace(/\[[^\]]*\]\([^)]*\)/g, '')
    expect(unlinked.match(/\btest\/[\w/-]+\.test\.ts/g)).toBeNull()
  })

  it('is finished, and tells nothing of the machine it was written on', () => {
    expect(readText(doc)).not.toMatch(/\b(TODO|FIXME|TBD|XXX)\b|\/(home|root|work|tmp)\//)
  })
})

describe('a promise names its test', () => {
  it.each([
    ['docs/guarantees.md', 'What it guarantees'],
    ['docs/memory-model.md', 'Which test holds what'],
    ['docs/protocol.md', 'Which test holds what'],
  ])('in %s', (doc, heading) => {
    const rows = rowsUnder(doc, heading)
    expect(rows.length).toBeGreaterThan(5)
    const unheld = rows.filter(([, test]) => !/^\[test\/.*\.test\.ts\]/.test(test ?? ''))
    expect(unheld).toEqual([])
  })

  it('in README.md', () => {
    const [, section = ''] = readText('README.md').split('\n## What it guarantees\n')
    const promises =
      section
        .split('\n## ')[0]
        ?.split(/^\d\. /m)
        .slice(1) ?? []
    expect(promises).toHaveLength(6)
    expect(promises.filter((promise) => !/\(\[test\]\(test\/.*\.test\.ts\)\)/.test(promise))).toEqual([])
  })

  it('every page is in the list of the README', () => {
    const listed = linksOf('README.md').map(({ path }) => path)
    expect(filesOf(['docs'], '.md').filter((page) => !listed.includes(page))).toEqual([])
  })
})

describe('what is listed is complete', () => {
  it('the changelog begins with the version of the package', () => {
    expect(/^## (\S+)/m.exec(readText('CHANGELOG.md'))?.[1]).toBe(manifest.version)
  })

  it.each(['dependencies', 'devDependencies', 'scripts'])('CONTRIBUTING.md explains all %s', (part) => {
    const text = readText('CONTRIBUTING.md')
    const isExplained = (name: string) =>
      part === 'scripts'
        ? text.includes(`\`npm run ${name}\``) || text.includes(`\`npm ${name}\``)
        : new RegExp(`^- .*\`${name}\`.*:`, 'm').test(text)
    expect(Object.keys(manifest[part]).filter((name) => !isExplained(name))).toEqual([])
  })

  it('docs/api.md has every error code, and no other', () => {
    const codes = rowsUnder('docs/api.md', 'Errors').map(([code]) => code?.replaceAll('`', ''))
    expect(codes.sort()).toEqual(Object.keys(ERROR_CODES).sort())
  })

  it('docs/api.md has every option and its default', () => {
    const text = readText('docs/api.md')
    for (const [name, value] of Object.entries(checkOptions())) {
      const row = new RegExp(`^\\| \`${name}\` \\| (.*?) \\|`, 'm').exec(text)?.[1]
      const shown = typeof value === 'string' ? `'${value}'` : String(value)
      if (value === undefined) expect(row, name).toBeDefined()
      else expect(row?.replaceAll('`', ''), name).toBe(shown)
    }
  })

  it('docs/api.md has every public member of a store', () => {
    const [, stores = ''] = readText('docs/api.md').split('\n## Stores\n')
    const members = Reflect.ownKeys(RecordStore.prototype).filter(
      (name) =>
        !['constructor', 'release', 'waiting'].includes(name as string) &&
        // What consoles call.
        (typeof name === 'string' || Symbol.keyFor(name) === undefined),
    )
    expect(members).toContain('flush')
    expect(members).toContain('waitForLength')
    const missing = members.filter((name) =>
      typeof name === 'symbol'
        ? !stores.includes(`[Symbol.${name.description?.split('.')[1]}]`)
        : !new RegExp(`\`${name}[(\`]`).test(stores),
    )
    expect(missing).toEqual([])
  })

  it('docs/format.md has every field type as the field table has it', () => {
    const rows = rowsUnder('docs/format.md', 'Field types').map((row) =>
      row.slice(0, 5).map((cell) => cell.replaceAll('`', '')),
    )
    const names = Object.keys(FIELD_TYPES) as FieldTypeName[]
    expect(rows).toEqual(
      expect.arrayContaining(
        names.map((name) => {
          const { formatName, codec, view } = fieldTypeOf(name)
          const size = isSized(name) ? '4 + N' : String(VIEW_BYTES[view])
          return [
            isSized(name) ? `${name}<N>` : isEnum(name) ? 'enums(…)' : name,
            formatName,
            size,
            String(VIEW_BYTES[view]),
            TS_TYPES[codec],
          ]
        }),
      ),
    )
    expect(rows).toHaveLength(names.length)
  })
})

describe('docs/format.md tells where', () => {
  const text = readText('docs/format.md')

  it('the bytes of the journal are', () => {
    const rows = rowsUnder('docs/format.md', 'The journal')
    const offsetOf = (what: RegExp) => Number(rows.find((row) => what.test(row.at(-1) as string))?.[0])
    const owner = { device: 1n, inode: 2n, schemaHash: new Uint8Array(32).fill(3), recordSizeBytes: 4 }
    const header = encodeJournalHeader(owner, 5)
    const offsets = [/magic/, /version/, /device/, /inode/, /hash/, /record size$/, /id/].map(offsetOf)
    expect(offsets).toEqual([0, 4, 8, 16, 24, 56, 60])
    expect(offsets.map((offset) => header[offset])).toEqual(['M'.charCodeAt(0), 1, 1, 2, 3, 4, 5])
    expect(offsetOf(/appender/)).toBe(APPENDER_OFFSET_BYTES)
    expect(offsetOf(/^slots/)).toBe(slotOffsetBytes(0, 48))
    expect(slotSizeBytes(40 + 8)).toBe(64)
    expect(slotSizeBytes(40 + 9)).toBe(128)
    expect(offsetOf(/image state/)).toBe(IMAGE_STATE_OFFSET_BYTES)
    expect(text).toContain(`0x${HAS_IMAGE.toString(16)}`)
    expect(offsetOf(/index of the record/)).toBe(INDEX_OFFSET_BYTES)
    expect(offsetOf(/low half and/)).toBe(COUNTER_LOW_OFFSET_BYTES)
    expect(offsetOf(/high half of/)).toBe(COUNTER_HIGH_OFFSET_BYTES)
    expect(offsetOf(/first word of the part/)).toBe(PART_START_OFFSET_BYTES)
    expect(offsetOf(/words of the part/)).toBe(PART_LENGTH_OFFSET_BYTES)
    expect(offsetOf(/held before/)).toBe(IMAGE_OFFSET_BYTES)
  })

  it('writers lock the lock file and the store', () => {
    const locked: number[][] = []
    const os = { tryLockRange: (_fd: number, ...range: number[]) => locked.push(range) > 0 }
    const slots = new WriterSlots(os as unknown as NativeOs, openSync(join(ROOT, 'package.json'), 'r'), '')
    slots.useJournal(7)
    slots.tryTake(5)
    slots.tryTakeAll()
    expect(text).toContain('| byte 2^40 of the lock file, setup |')
    expect(SETUP_OFFSET_BYTES).toBe(2 ** 40)
    expect(text).toContain('| byte 2^50 + 1024 j + k of the store, slot k |')
    expect(text).toContain('| bytes 2^50 to 2^50 + 2^42 of the store, all slots |')
    expect(text).toContain('There are 1024 slots.')
    expect(locked).toEqual([
      [2 ** 50 + 1024 * 7 + 5, 1],
      [2 ** 50, 2 ** 42],
    ])
    slots.release()
  })
})

it('docs/format.md tells how files grow', () => {
  const [page, step] = [4 * 2 ** 10, 64 * 2 ** 20]
  const text = readText('docs/format.md')
  expect(text).toContain(
    'Up to 64 MiB it doubles: the new capacity is 64 times the least power of two that suffices',
  )
  expect(text).toContain('a\n  page of 4 KiB')
  expect(grownSizeBytes(65, 40)).toBe(Math.ceil((64 + 128 * 40) / page) * page)
  expect(grownSizeBytes(129, 4000)).toBe(Math.ceil((64 + 256 * 4000) / page) * page)
  expect(text).toContain('to the next multiple of 64 MiB')
  expect(grownSizeBytes(2 ** 20, 72)).toBe(2 * step)
  expect(grownSizeBytes(2 * 2 ** 20, 72)).toBe(3 * step)
})

it('continuous integration runs a clean install and the test command, and stops at the first failure', () => {
  const commands = readText('.ci/run')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  expect(commands).toEqual(['set -euo pipefail', 'cd "$(dirname "$0")/.."', 'npm ci', 'npm test'])
  expect(readText('README.md')).toContain('```sh\nnpm ci && npm run demo\nnpm test\n```')
})
