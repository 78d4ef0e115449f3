/** The game of the example: what its threads see of each other is whole and in order, and they notice where it is not. */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EntityRecord } from '../../examples/game-state/entity.store.ts'
import { advance, isWhole, spawn } from '../../examples/game-state/world.ts'
import { projectPath } from '../support/project.ts'
import { tempFolder } from '../support/temp.ts'
import { type Outcome, runCompiled } from './compiled.support.ts'

const MAIN = 'build/examples/game-state/main.js'

/** Runs the game in a folder that must be empty again afterwards. */
function play(argv: readonly string[], options: readonly string[] = []): Outcome {
  const folder = tempFolder()
  const outcome = runCompiled(MAIN, folder, ['--tick-ms', '0', ...argv], options)
  expect(readdirSync(folder)).toEqual([])
  return outcome
}

/** Runs it with a fault, which `code` brings into the simulation's thread. */
function playWith(code: string): Outcome {
  const fault = join(tempFolder(), 'fault.mjs')
  const built = (name: string) => pathToFileURL(projectPath(`build/examples/game-state/${name}`)).href
  writeFileSync(
    fault,
    `import { isMainThread } from 'node:worker_threads'
    import { EntityStore } from '${built('entity.store.js')}'
    import { FrameStore } from '${built('frame.store.js')}'
    const { set } = EntityStore.prototype
    const { append } = FrameStore.prototype
    if (!isMainThread) {\n${code}\n}\n`,
  )
  return play(['--entities', '50', '--ticks', '6'], ['--import', pathToFileURL(fault).href])
}

describe('the game', () => {
  it('shows every reader whole entities only, and every tick in order, and ends', () => {
    const { status, stdout, stderr } = play(['--entities', '3000', '--ticks', '60'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^main thread: \d{4,} changes heard of, 0 torn$/m)
    for (const id of [1, 2]) {
      expect(stdout).toContain(`spectator ${id}: 60 ticks in order, 180000 entities looked at, 0 torn\n`)
    }
    expect(stdout).toMatch(/^simulation: done$/m)
  })

  it('notices in each thread where an entity is torn', () => {
    const { status, stdout, stderr } = playWith(`
      EntityStore.prototype.set = function (index, entity) {
        if (index === 7 && entity.tick === 3) this.setTick(index, 3)
        else set.call(this, index, entity)
      }`)
    expect({ status, stderr }).toEqual({ status: 1, stderr: 'the example failed: an entity was torn\n' })
    expect(stdout.match(/[1-9]\d* torn$/gm)).toHaveLength(3)
  })

  it.each([
    [
      'a tick is left out',
      'FrameStore.prototype.append = function (frame) { if (frame.tick !== 3) append.call(this, frame) }',
      'tick 4 came in the place of 3',
    ],
    [
      'a tick is told of before it is complete',
      `EntityStore.prototype.set = function (index, entity) {
        if (index !== 7 || entity.tick < 3) set.call(this, index, entity)
      }`,
      'an entity is at tick 2, though tick 3 is complete',
    ],
    [
      'the simulation fails',
      `FrameStore.prototype.append = function (frame) {
        if (frame.tick === 3) throw new Error('an orc was here')
        append.call(this, frame)
      }`,
      'an orc was here',
    ],
    [
      'the simulation ends early',
      'FrameStore.prototype.append = () => process.exit(3)',
      './simulation.js ended with exit code 3',
    ],
  ])('fails where %s', (_, code, message) => {
    const { status, stderr } = playWith(code)
    expect({ status, stderr }).toEqual({ status: 1, stderr: `the example failed: ${message}\n` })
  })
})

describe('the world', () => {
  it('can tell one state of an entity from a mixture of two', () => {
    const fields = Object.keys(spawn(0)) as (keyof EntityRecord)[]
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(3000), fc.subarray(fields), (index, tickCount, changed) => {
        const before = spawn(index)
        for (let tick = 0; tick < tickCount; tick++) advance(before)
        const after = { ...before }
        advance(after)
        const mixed: EntityRecord = {
          ...before,
          ...Object.fromEntries(changed.map((name) => [name, after[name]])),
        }
        const isEither = [before, after].some((state) => fields.every((name) => state[name] === mixed[name]))
        expect(isWhole(mixed, index)).toBe(isEither)
        expect([isWhole(before, index), isWhole(after, index)]).toEqual([true, true])
      }),
    )
  })
})
