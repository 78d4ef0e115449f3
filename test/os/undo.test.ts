import { describe, expect, it } from 'vitest'
import { takeAll, undoing } from '../../src/os/undo.ts'
import { errorOf } from '../support/errors.ts'

function failing(done: string[], name: string): () => void {
  return () => {
    done.push(name)
    throw new Error(name)
  }
}

describe('undoing', () => {
  it('takes steps back, the last one first, though some fail, and throws what the work threw', () => {
    const done: string[] = []
    const error = errorOf(() =>
      undoing((undo) => {
        undo.push(() => done.push('first'))
        undo.push(failing(done, 'second'))
        undo.push(() => done.push('third'))
        throw new Error('the work')
      }),
    )
    expect(error).toMatchObject({ message: 'the work' })
    expect(done).toEqual(['third', 'second', 'first'])
  })

  it('takes nothing back where the work is done', () => {
    const done: string[] = []
    const result = undoing((undo) => {
      undo.push(() => done.push('never'))
      return 1
    })
    expect(result).toBe(1)
    expect(done).toEqual([])
  })
})

describe('taking all steps', () => {
  it('goes on after one that fails, and throws what the first threw', () => {
    const done: string[] = []
    const steps = [() => done.push('a'), failing(done, 'b'), failing(done, 'c'), () => done.push('d')]
    expect(errorOf(() => takeAll(...steps))).toMatchObject({ message: 'b' })
    expect(done).toEqual(['a', 'b', 'c', 'd'])
    takeAll(() => done.push('e'))
    expect(done).toHaveLength(5)
  })
})
