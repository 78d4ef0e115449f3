/** Beyond 4 GiB, the most that Node.js 20 and Bun can map. The files are holes: they take no disk. */
import { constants } from 'node:buffer'
import { openSync, readSync, statSync, truncateSync } from 'node:fs'
import { expect, it } from 'vitest'
import { codeOf, openReadOnly, openWritable, sparse, tempFiles } from './support.ts'

const newFile = tempFiles()
const GIB = 2 ** 30
const beyond = constants.MAX_LENGTH > 6 * GIB

it.runIf(beyond)('maps and grows a file beyond 4 GiB', () => {
  const path = newFile()
  const region = openWritable(path, { os: sparse })
  region.grow(100)
  expect(region.grow(5 * GIB)).toBe(true)
  const doubles = new Float64Array(region.buffer)
  doubles[(5 * GIB) / 8 - 1] = 1.5
  region.view(4 * GIB - 1, 2).set([1, 2])
  const reader = openReadOnly(path)
  expect(new Float64Array(reader.buffer)[(5 * GIB) / 8 - 1]).toBe(1.5)
  expect([...reader.view(4 * GIB - 1, 2)]).toEqual([1, 2])
  region.grow(6 * GIB)
  expect(reader.follow()).toBe(false)
  expect(reader.sizeBytes).toBe(6 * GIB)
  reader.close()
  region.close()
  const bytes = new Uint8Array(2)
  readSync(openSync(path, 'r'), bytes, 0, 2, 4 * GIB - 1)
  expect([...bytes]).toEqual([1, 2])
})

it.skipIf(beyond)('refuses more than 4 GiB, and leaves the file as it was', () => {
  const path = newFile()
  const region = openWritable(path, { os: sparse })
  region.grow(100)
  expect(codeOf(() => region.grow(5 * GIB))).toBe('ERR_TOO_LARGE')
  expect(() => region.grow(5 * GIB)).toThrow('Node.js 22 or newer')
  expect(statSync(path).size).toBe(100)
  region.grow(3 * GIB)
  region.view(3 * GIB - 1, 1)[0] = 1
  truncateSync(path, 5 * GIB)
  expect(codeOf(() => region.follow())).toBe('ERR_TOO_LARGE')
  expect(region.view(3 * GIB - 1, 1)[0]).toBe(1)
  region.close()
  expect(codeOf(() => openReadOnly(path))).toBe('ERR_TOO_LARGE')
})
