import { expect, it } from 'vitest'
import * as mmapforge from '../../src/index.ts'
import { tempFolder } from '../support/temp.ts'
import { scenario } from './scenario.mjs'

it('the package works in whichever realm this is', async () => {
  await expect(scenario(mmapforge, tempFolder())).resolves.toBeUndefined()
})
