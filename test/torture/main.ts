/**
 * The torture: one writer and several readers on the same stores, at full speed. Any observation that can't be, fails it.
 * Exits 0 without violations, 1 with, 2 where the command line is wrong.
 */
import { runCampaign } from './campaign.ts'
import { optionsFrom, type TortureOptions, USAGE } from './options.ts'
import { addUp, printEvidence, printResult } from './output.ts'
import { runtimeName } from './runtime-name.ts'

async function main(options: TortureOptions): Promise<number> {
  const { seed, variant, seconds, readers, carriers } = options
  const log = options.json ? () => undefined : (line: string) => console.log(line)
  log(`torture: ${runtimeName()}, variant ${variant}, 1 writer, ${readers} readers, seed ${seed}`)
  const results = []
  for (const carrier of carriers) {
    const result = await runCampaign({ ...options, carrier, seconds: seconds / carriers.length })
    results.push(result)
    printResult(carrier, result, log)
    printEvidence(result, log)
    if (options.untilCaught && result.evidence.length > 0) break
  }
  const total = addUp(results)
  if (options.json) console.log(JSON.stringify({ runtime: runtimeName(), variant, seed, ...total }))
  return total.violations > 0 ? 1 : 0
}

let options: TortureOptions
try {
  options = optionsFrom(process.argv.slice(2))
} catch (error) {
  console.error(`${(error as Error).message}\n\n${USAGE}`)
  process.exit(2)
}
process.exit(await main(options))
