/** Another process may append, and grow the file, between a reader's look at the file and its look at the count. */
import { defineStore, float64 } from 'mmapforge'
import { expect, test } from 'vitest'
import { openStore } from '../../src/store/opening.ts'
import { tempPath } from '../support/temp.ts'

const PointStore = defineStore('Point', { version: 1 }, { x: float64 })

test('a reader sees records that were appended beyond the mapped file while it opened', () => {
  const path = tempPath()
  using writer = PointStore.create(path)
  const opened = openStore(PointStore.definition, path, { readOnly: true })
  // The file doubles several times, past the page where the mapping ends.
  for (let i = 0; i < 5000; i++) writer.append({ x: i + 1 })
  using reader = new PointStore(opened)
  expect(reader.length).toBe(5000)
  expect(reader.getX(4999)).toBe(5000)
  expect(Array.from(reader, ({ x }) => x)).toEqual(Array.from({ length: 5000 }, (_, i) => i + 1))
})
