/** The stores of the examples are those that the generator makes of their annotated files. */
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { run } from '../../src/cli/run.ts'
import { filesOf } from '../house/sources.support.ts'
import { ROOT } from '../support/project.ts'

const STORES = filesOf(['examples'], '.store.ts')

it.each(STORES)('%s is up to date', async (store) => {
  let printed = ''
  const stream = { write: (text: string) => (printed += text) }
  const annotated = store.replace('.store.ts', '.ts')
  const code = await run(['generate', join(ROOT, annotated), '--check'], {
    stdout: stream,
    stderr: stream,
    cwd: join(ROOT, dirname(store)),
  })
  expect({ code, printed }).toEqual({ code: 0, printed: expect.stringMatching(/: up to date\n$/) })
})
