/**
 * The model of many writers, checked by spin: the protocol holds in every interleaving, and each mutant of it does not.
 * Exits 0 where all is as expected, 1 where it is not, or where spin or a C compiler is missing.
 */
import { join } from 'node:path'
import { CHECKS, type Check } from './checks.ts'
import { complaint, findTools, runCheck, type Tools } from './spin.ts'

/** From where this is compiled to. The models are read where they were written. */
const MODELS = join(import.meta.dirname, '../../../test/model')
/** Each may take 2 GB. */
const AT_ONCE_COUNT = 2

async function report(check: Check, tools: Tools): Promise<boolean> {
  const result = await runCheck(check, tools, MODELS)
  const wrong = complaint(check, result)
  const { stateCount, depthCount, elapsedMs, error } = result
  const outcome = wrong ?? (error === undefined ? 'holds' : `caught: ${error.split(' (')[0]}`)
  const size = `${stateCount.toLocaleString('en')} states, depth ${depthCount}, ${(elapsedMs / 1000).toFixed(1)} s`
  console.log(`${wrong === undefined ? 'ok  ' : 'FAIL'} ${check.name}: ${outcome} (${size})`)
  if (wrong !== undefined) console.log(`     ${check.model} -D${check.defines.join(' -D')}`)
  return wrong === undefined
}

async function main(): Promise<number> {
  const tools = findTools()
  if ('missing' in tools) {
    console.error(
      `the model can't be checked without ${tools.missing.join(' and ')}: install it, and try again`,
    )
    return 1
  }
  const left = [...CHECKS]
  let failures = 0
  const work = async () => {
    for (let check = left.shift(); check !== undefined; check = left.shift()) {
      if (!(await report(check, tools))) failures++
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE_COUNT }, work))
  console.log(failures === 0 ? `all ${CHECKS.length} checks are as expected` : `${failures} checks failed`)
  return failures === 0 ? 0 : 1
}

process.exit(await main())
