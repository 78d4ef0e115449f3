/**
 * The torture: writers and readers on the same stores, at full speed. Any observation that can't be, fails it.
 * Exits 0 without violations, 1 with, 2 where the command line is wrong.
 */
import { runCampaign } from './campaign.ts'
import { MortalCampaign } from './mortal/campaign.ts'
import type { MortalOptions } from './mortal/options.ts'
import { optionsFrom, type TortureOptions, USAGE } from './options.ts'
import { addUp, printEvidence, printResult, summary } from './output.ts'
import { runtimeName } from './runtime-name.ts'
import type { CampaignResult } from './tally.ts'

type Log = (line: string) => void

async function main(options: TortureOptions): Promise<number> {
  const { seed, variant, json, mortal } = options
  const log: Log = json ? () => undefined : (line) => console.log(line)
  const began = performance.now()
  const results = mortal === undefined ? await immortal(options, log) : [await mortalRun(mortal, log)]
  const total = addUp(results)
  const seconds = (performance.now() - began) / 1000
  if (json) console.log(JSON.stringify({ runtime: runtimeName(), variant, seed, ...total, seconds }))
  else log(JSON.stringify({ ...summary(total, seconds), seed }))
  return total.violations > 0 ? 1 : 0
}

/** One writer that lives, and what readers see of it. */
async function immortal(options: TortureOptions, log: Log): Promise<CampaignResult[]> {
  const { seed, variant, seconds, readers, carriers } = options
  log(`torture: ${runtimeName()}, variant ${variant}, 1 writer, ${readers} readers, seed ${seed}`)
  const results = []
  for (const carrier of carriers) {
    const result = await runCampaign({ ...options, carrier, seconds: seconds / carriers.length })
    results.push(result)
    printResult(carrier, result, log)
    printEvidence(result, log)
    if (options.untilCaught && result.evidence.length > 0) break
  }
  return results
}

/** Writers that die, and what becomes of their work. */
async function mortalRun(options: MortalOptions, log: Log): Promise<CampaignResult> {
  const { seed, variant, mode, writers, readers, runners, killEveryMs, stopEveryMs } = options
  const names = runners.map(({ name }) => name).join(', ')
  log(
    `torture: mode ${mode}, ${writers} writers, ${readers} readers on ${names}, a kill every ${killEveryMs} ms, ` +
      `a stop every ${stopEveryMs} ms, variant ${variant}, seed ${seed}`,
  )
  const result = await new MortalCampaign(options).run()
  printResult(mode, result, log)
  printEvidence(result, log)
  return result
}

let options: TortureOptions | 'help'
try {
  options = optionsFrom(process.argv.slice(2))
} catch (error) {
  console.error(`${(error as Error).message}\n\n${USAGE}`)
  process.exit(2)
}
if (options === 'help') {
  console.log(USAGE)
  process.exit(0)
}
process.exit(await main(options))
