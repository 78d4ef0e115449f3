/** Some of the checks of the model, those that take a second, where spin and a C compiler are there; `npm run model` has all of them. */
import { describe, expect, it, test } from 'vitest'
import { CHECKS } from './checks.ts'
import { complaint, findTools, resultFrom, runCheck, type Tools } from './spin.ts'

const tools = findTools()
const isWithoutSpin = 'missing' in tools
/** The mutants that are worth their time at every run of the tests. */
const ESSENTIAL = [
  'NO_RECHECK',
  'NO_CAS',
  'NAME_LATE',
  'FLAG_EARLY',
  'NO_LOCK',
  'IGNORE_OTHERS',
  'CANCEL_BACK',
  'UNLOCK_FIRST',
]
const small = CHECKS.filter(
  ({ large, finding, defines }) =>
    large !== true && (finding === undefined || defines.some((define) => ESSENTIAL.includes(define))),
)

describe.skipIf(isWithoutSpin)('spin', () => {
  test.concurrent.each(small.map((check) => [check.name, check] as const))('%s', async (_, check) => {
    const result = await runCheck(check, tools as Tools, import.meta.dirname)
    expect(complaint(check, result)).toBeUndefined()
  })
})

describe('what spin prints', () => {
  const whole = 'State-vector 80 byte, depth reached 60, errors: 0\n     1234 states, stored\n'
  const wrong =
    'pan:1: assertion violated (a==b) (at depth 9)\nState-vector 80 byte, depth reached 9, errors: 1\n 12 states, stored\n'

  it('holds', () => {
    const result = { error: undefined, stateCount: 1234, depthCount: 60, elapsedMs: 5 }
    expect(resultFrom(whole, 5)).toEqual(result)
  })

  it('is wrong', () => {
    const result = resultFrom(wrong, 5)
    expect(result.error).toBe('assertion violated (a==b)')
    const check = { name: '', model: 'record.pml', defines: [] } as const
    expect(complaint(check, result)).toContain('does not hold')
    expect(complaint({ ...check, finding: 'assertion violated' }, result)).toBeUndefined()
    expect(complaint({ ...check, finding: 'invalid end state' }, result)).toContain('should end in')
    expect(complaint({ ...check, finding: 'invalid end state' }, resultFrom(whole, 5))).toContain(
      'not caught',
    )
  })

  it('is nothing to go by where the search was cut short', () => {
    expect(() => resultFrom(`error: max search depth too small\n${whole}`, 5)).toThrow(
      'did not come to its end',
    )
    expect(() => resultFrom('pan: out of memory', 5)).toThrow('did not come to its end')
  })
})
