import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, it } from 'vitest'
import { startProcess } from '../processes/child.ts'
import { tempPath } from '../support/temp.ts'

it('without a descriptor to load koffi with, it is the descriptors that are missing', async () => {
  const path = tempPath()
  const child = startProcess('exhaust-descriptors.mjs', { path })
  const [first, second] = (await child.next()) as unknown as unknown[]
  expect(first).toMatchObject({ error: 'EMFILE', path, message: expect.stringContaining(path) })
  expect(await child.ended).toBe(0)
  // Bun does not look again for a package that it once did not find.
  if (process.versions['bun'] !== undefined) return
  expect(second).toBe('created')
  expect(readdirSync(dirname(path)).sort()).toEqual(['store.mmf', 'store.mmf.lock', 'store.mmf.schema.json'])
})
