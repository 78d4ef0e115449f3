/** What Jest runs: see jest.ts. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as mmapforge from '../../dist/index.js'
import { scenario } from './scenario.mjs'

const { afterAll, expect, test } = globalThis
const folder = mkdtempSync(join(tmpdir(), 'mmapforge-jest-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('the package works under Jest', async () => {
  expect(new RangeError('of this realm')).toBeInstanceOf(Error)
  await scenario(mmapforge, folder)
})
