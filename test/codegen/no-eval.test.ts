/** `defineStore` where code must not be made from strings: in a process of its own, with the compiled package. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ROOT } from '../support/project.ts'
import { tempFolder } from '../support/temp.ts'

const SCRIPT = `
import { bool, bytes, defineStore, float64, str, uint53, uint64 } from 'mmapforge'
let isForbidden = false
try {
  new Function('')
} catch (error) {
  isForbidden = error instanceof EvalError
}
const TickStore = defineStore('Tick', { version: 1 }, {
  symbol: str(8), price: float64, at: uint64, count: uint53, raw: bytes(4), on: bool,
})
const path = process.argv[2]
const record = { symbol: 'AAPL', price: 189.5, at: 2n ** 63n, count: 2 ** 52, raw: new Uint8Array([1, 2]), on: true }
const created = TickStore.create(path)
created.append(record)
created.append()
created.update(1, { symbol: 'é', price: -0 })
created.close()
const store = TickStore.open(path)
store.setOn(1, true)
const codes = [() => store.setPrice(0, 1n), () => store.get(2), () => store.setSymbol(0, 'much too long')].map((use) => {
  try {
    use()
  } catch (error) {
    return error.code
  }
})
let sum = 0
store.scan({ fields: ['price', 'symbol'] }, (price, symbol, index) => { sum += price + symbol.length + index })
const seen = {
  isForbidden,
  name: TickStore.name,
  // A class of the emitter's has the constant in its text.
  isEmitted: String(store.getPrice).includes('beginRead'),
  records: [...store].map(({ at, raw, ...rest }) => ({ ...rest, at: String(at), raw: [...raw] })),
  isNegativeZero: Object.is(store.getPrice(1), -0),
  view: [...store.viewSymbol(1)],
  cursor: store.cursor().seek(0).symbol,
  sum,
  codes,
}
store.close()
console.log(JSON.stringify(seen))
`

function run(...flags: string[]): Record<string, unknown> {
  const folder = tempFolder()
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(ROOT, join(folder, 'node_modules/mmapforge'))
  writeFileSync(join(folder, 'main.mjs'), SCRIPT)
  const output = execFileSync(
    process.execPath,
    [...flags, join(folder, 'main.mjs'), join(folder, 'ticks.mmf')],
    {
      encoding: 'utf8',
    },
  )
  return JSON.parse(output) as Record<string, unknown>
}

const EXPECTED = {
  name: 'TickStore',
  records: [
    { symbol: 'AAPL', price: 189.5, at: String(2n ** 63n), count: 2 ** 52, raw: [1, 2], on: true },
    { symbol: 'é', price: 0, at: '0', count: 0, raw: [], on: true },
  ],
  isNegativeZero: true,
  view: [0xc3, 0xa9],
  cursor: 'AAPL',
  sum: 189.5 + 4 + 1 + 1,
  codes: ['ERR_TYPE_MISMATCH', 'ERR_OUT_OF_BOUNDS', 'ERR_STRING_TOO_LONG'],
}

it('a store works without code from strings', () => {
  expect(run('--disallow-code-generation-from-strings')).toEqual({
    ...EXPECTED,
    isForbidden: true,
    isEmitted: false,
  })
})

it('and otherwise is emitted, and works alike', () => {
  expect(run()).toEqual({ ...EXPECTED, isForbidden: false, isEmitted: true })
})
