/** A program of a user: it uses both entry points, a file and what native code does with it, and prints one line. */

/** @param load statements that bring the names that the program uses, in the module format that it is to have */
export const programWith = (load: string): string => `${load}
const TickStore = defineStore('Tick', { version: 1 }, { symbol: str(4), price: float64 })
const path = 'ticks-' + process.pid + '.mmf'
const ticks = TickStore.create(path)
ticks.append({ symbol: 'ACME', price: 1.5 })
ticks.close()
const again = TickStore.open(path, { readOnly: true })
console.log(again.getSymbol(0), again.getPrice(0), again.length, typeof defineRecord)
again.close()
`

export const IMPORTS = `import { defineStore, float64, str } from 'mmapforge'
import { defineRecord } from 'mmapforge/runtime'`

export const REQUIRES = `const { defineStore, float64, str } = require('mmapforge')
const { defineRecord } = require('mmapforge/runtime')`

/** How it ends. */
export const PRINTED = { status: 0, stdout: 'ACME 1.5 1 function\n', stderr: '' }
