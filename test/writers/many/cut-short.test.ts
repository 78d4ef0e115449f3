/** A write of one of many writers that an exhausted stack cuts short between two stores, wherever a compiler puts the calls. */
import { defineStore, float64, str } from 'mmapforge'
import { expect, it, vi } from 'vitest'
import { TextField } from '../../../src/values/text-field.ts'
import { tempPath } from '../../support/temp.ts'
import { MANY } from './support.ts'

const PairStore = defineStore('Pair', { version: 1 }, { price: float64, first: str(40), second: str(40) })
const pairOf = (price: number) => ({ price, first: `first ${price}`, second: `second ${price}` })

const stores: [string, (store: InstanceType<typeof PairStore>) => void][] = [
  ['modify', (store) => store.modify(0, () => pairOf(2))],
  ['set', (store) => store.set(0, pairOf(2))],
  ['update', (store) => store.update(0, { first: 'first 2', second: 'second 2' })],
]

it.each(stores)('%s: the record holds what it held before, for everybody', (_, write) => {
  const path = tempPath()
  using store = PairStore.create(path, MANY)
  store.append(pairOf(1))
  const { store: storeText } = TextField.prototype
  let textCount = 0
  using _cut = vi.spyOn(TextField.prototype, 'store').mockImplementation(function (this: TextField, ...args) {
    if (textCount++ === 1) throw new RangeError('Maximum call stack size exceeded')
    storeText.apply(this, args)
  })
  expect(() => write(store)).toThrow(RangeError)
  expect(store.get(0)).toEqual(pairOf(1))
  using other = PairStore.open(path, MANY)
  expect(other.get(0)).toEqual(pairOf(1))
  write(other)
  expect(store.get(0)).toEqual({ ...other.get(0), second: 'second 2' })
})
