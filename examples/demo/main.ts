/** `npm run demo`: runs from build/, with the annotated file and its store in the source tree. */
import { fileURLToPath } from 'node:url'
import { runDemo } from './demo.ts'
import { pricesPath } from './prices.ts'

const TIMEOUT_MS = 30_000
const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url))

try {
  await runDemo({
    prices: process.argv[2] ?? pricesPath(),
    annotated: fromHere('../../../examples/demo/bar.ts'),
    command: fromHere('../../../dist/cli/main.js'),
    follower: fromHere('./follower.js'),
    timeoutMs: TIMEOUT_MS,
  })
} catch (error) {
  console.error(`demo failed: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
