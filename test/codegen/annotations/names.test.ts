/** Whose a type's name is, where it is the name of a field type and the file gives it another meaning. */
import { expect, it } from 'vitest'
import { faultsOf, record } from './support.ts'

it.each([
  ["import { float64 } from './money.ts'", `is imported from "./money.ts"`],
  ["import type { money as float64 } from './money.ts'", `is imported from "./money.ts"`],
  ["import float64 from './money.ts'", `is imported from "./money.ts"`],
  ["import * as float64 from './money.ts'", `is imported from "./money.ts"`],
  ["import float64 = require('./money.ts')", `is imported from "./money.ts"`],
  ['import float64 = money.float64', 'is declared in this file'],
  ['type float64 = number', 'is declared in this file'],
  ['const { a: [float64] } = b', 'is declared in this file'],
  ["import { float64 } from './money.ts'; type float64 = 1", 'is declared in this file'],
])('%s', (head, origin) => {
  expect(faultsOf(`${head}\n${record('price: float64')}`).problems).toEqual([
    {
      line: 4,
      column: 8,
      message: `the type float64 ${origin} and is not mmapforge's; import mmapforge's under another name`,
    },
  ])
})

it('a field type that is imported without braces', () => {
  expect(faultsOf(`import float64 from 'mmapforge'\n${record('price: float64')}`).message).toBe(
    "tick.ts:4:8: the type float64 is imported without braces; write import type { float64 } from 'mmapforge'",
  )
})
