/** Getting and setting one field, for every scalar type. */
import { defineStore, float64, uint53 } from 'mmapforge'
import { type FieldTypeName, fieldTypeOf } from '../../src/schema/field-types.ts'
import { BARE_TYPES, makeBare } from '../baselines/bare.ts'
import { looked, loopOver } from '../measure/loops.ts'
import type { Workbench } from '../measure/workbench.ts'
import { COUNT, closeAll, filled, listOf } from './sample-records.ts'

export function fieldTypeOperations(bench: Workbench): void {
  for (const type of BARE_TYPES) {
    const Store = defineStore('Scalar', { version: 1 }, { id: uint53, x: { type, maxBytes: 0 }, y: float64 })
    const values = valuesOf(type)
    const store = filled(Store.create(bench.path()), (i) => ({ id: 1, x: values[i], y: 1 }))
    const bare = makeBare(Store.definition.layout, COUNT)
    const getBody = consume(type, 'subject.getX(index)')
    bench.compare({
      id: `type-get-${type}`,
      label: `get ${type}`,
      ours: loopOver('store', [store], COUNT, { body: getBody }),
      baselines: [loopOver('bare', [bare], COUNT, { body: getBody })],
    })
    const setting = { body: 'subject.setX(index, value)', values }
    bench.compare({
      id: `type-set-${type}`,
      label: `set ${type}`,
      ours: loopOver('store', [store], COUNT, setting),
      baselines: [loopOver('bare', [bare], COUNT, setting)],
    })
    closeAll(store)
  }
}

function consume(type: FieldTypeName, expression: string): string {
  const { codec } = fieldTypeOf(type)
  if (codec === 'bigint') return `if (${expression} === 7n) sum++`
  return codec === 'bool' ? `if (${expression}) sum++` : looked(expression)
}

function valuesOf(type: FieldTypeName): unknown[] {
  const { codec } = fieldTypeOf(type)
  return listOf(COUNT, (i) => {
    if (codec === 'bool') return i % 2 === 0
    if (codec === 'bigint') return BigInt(i * 1e9)
    if (codec === 'safeint') return i * 1e10
    return codec === 'float' ? i * 1.5 : i % 100
  })
}
