/** Who may have a store open beside whom. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { BESIDE, startProcess } from '../../processes/child.ts'
import { TickStore } from '../../processes/stores.ts'
import { codeOf } from '../../support/errors.ts'
import { refusal } from '../../support/refusal.ts'
import { tempFolder, tempPath } from '../../support/temp.ts'
import { TICK } from '../../support/tick-files.ts'
import { MANY, newStore, SMALL, Writer } from './support.ts'

const ONE = { ...SMALL, stallTimeoutMs: 30_000 } as const
/** Refused at once, or the test takes too long. */
const PATIENT = { ...MANY, stallTimeoutMs: 30_000 } as const
const hasTool = spawnSync('flock', ['--version']).status === 0

describe('many writers', () => {
  it('keep one writer out, which changes nothing, until the last is closed', () => {
    const path = newStore()
    const stores = [
      TickStore.open(path, MANY),
      TickStore.open(path, MANY),
      TickStore.openOrCreate(path, MANY),
    ]
    for (const store of stores) {
      for (const how of ['open', 'openOrCreate'] as const) {
        expect(refusal(dirname(path), () => TickStore[how](path, ONE))).toMatchObject({
          code: 'ERR_LOCKED',
          path,
        })
      }
      store.setPrice(0, 1)
      store.close()
    }
    using one = TickStore.open(path, ONE)
    expect(one.recovered).toEqual([])
  })

  it('are kept out by one writer, at once, and change nothing', () => {
    const path = newStore()
    {
      using _one = TickStore.open(path, SMALL)
      for (const how of ['open', 'openOrCreate'] as const) {
        const error = refusal(dirname(path), () => TickStore[how](path, PATIENT))
        expect(error).toMatchObject({ code: 'ERR_LOCKED', path })
      }
    }
    TickStore.open(path, PATIENT).close()
  })

  it('may have created the store, and let others in from then on', () => {
    const path = tempPath()
    using creator = TickStore.create(path, MANY)
    expect(codeOf(() => TickStore.create(path, MANY))).toBe('EEXIST')
    expect(codeOf(() => TickStore.open(path, ONE))).toBe('ERR_LOCKED')
    using other = TickStore.open(path, { ...MANY, stallTimeoutMs: 0 })
    expect([creator.append(TICK), other.append(TICK)]).toEqual([0, 1])
  })

  it.each(BESIDE)('may be in another %s', async (_where, start) => {
    const path = newStore()
    const writers = await Promise.all([0, 1].map(() => Writer.start(start, path, PATIENT)))
    using store = TickStore.open(path, PATIENT)
    expect(codeOf(() => TickStore.open(path, ONE))).toBe('ERR_LOCKED')
    for (const writer of writers) await writer.call('addPrice', 1, 100)
    expect(store.addPrice(1, 100)).toBe(489.5)
    store.close()
    for (const writer of writers) {
      expect(codeOf(() => TickStore.open(path, ONE))).toBe('ERR_LOCKED')
      await writer.close()
    }
    TickStore.open(path, ONE).close()
  })

  it.each(BESIDE)(
    'keep one writer out that is in another %s, and the other way round',
    async (_where, start) => {
      const path = newStore()
      {
        using _store = TickStore.open(path, MANY)
        const refused = start('holder.mjs', { how: 'open', path })
        expect(await refused.next()).toMatchObject({ error: 'ERR_LOCKED', path })
      }
      const holder = start('holder.mjs', { how: 'open', path })
      await holder.next()
      expect(codeOf(() => TickStore.open(path, PATIENT))).toBe('ERR_LOCKED')
      holder.send('close')
      await holder.next()
      await holder.ended
      TickStore.open(path, PATIENT).close()
    },
  )

  it('let any number of readers and unlocked writers in', () => {
    const path = newStore()
    using store = TickStore.open(path, MANY)
    const readers = Array.from({ length: 3 }, () => TickStore.open(path, { ...SMALL, readOnly: true }))
    using unlocked = TickStore.open(path, { ...SMALL, writers: 'unlocked' })
    using manyReader = TickStore.open(path, { ...MANY, readOnly: true })
    store.set(1, { ...TICK, price: 5 })
    for (const each of [...readers, unlocked, manyReader]) expect(each.getPrice(1)).toBe(5)
    expect(codeOf(() => manyReader.setPrice(1, 1))).toBe('ERR_READ_ONLY')
    for (const reader of readers) reader.close()
  })

  it.skipIf(!hasTool)(
    'keep out whoever takes the lock as the original does, and are kept out by it',
    async () => {
      const path = newStore()
      const tryLock = (): number | null => spawnSync('flock', ['-n', `${path}.lock`, 'true']).status
      const stores = [TickStore.open(path, MANY), TickStore.open(path, MANY)]
      for (const store of stores) {
        expect(tryLock()).toBe(1)
        store.close()
      }
      expect(tryLock()).toBe(0)
      const holder = spawn('flock', ['-n', `${path}.lock`, 'sh', '-c', 'echo locked; read line'])
      onTestFinished(() => void holder.kill())
      await once(holder.stdout, 'data')
      expect(codeOf(() => TickStore.open(path, PATIENT))).toBe('ERR_LOCKED')
      holder.stdin.end('\n')
      await once(holder, 'close')
      TickStore.open(path, PATIENT).close()
    },
  )

  it('are the same under another name of the file', () => {
    const path = newStore()
    const link = join(tempFolder(), 'link.mmf')
    symlinkSync(path, link)
    using store = TickStore.open(link, MANY)
    using other = TickStore.open(path, MANY)
    store.set(1, { ...TICK, price: 5 })
    expect(other.addPrice(1, 1)).toBe(6)
    expect(codeOf(() => TickStore.open(link, ONE))).toBe('ERR_LOCKED')
    expect(readdirSync(dirname(link))).toEqual(['link.mmf'])
    expect(existsSync(`${path}.journal`)).toBe(true)
  })

  it('of a store in memory are each alone', () => {
    using store = TickStore.create(':memory:', { writers: 'many' })
    using other = TickStore.openOrCreate(':memory:', { writers: 'many' })
    store.append(TICK)
    expect(store.addPrice(0, 1)).toBe(190.5)
    expect(store.modify(0, (record) => ({ ...record, price: 1 })).price).toBe(1)
    expect(other.length).toBe(0)
    expect(store.recovered).toEqual([])
  })

  it('need a journal', () => {
    const path = newStore()
    for (const how of ['create', 'open', 'openOrCreate'] as const) {
      for (const each of [path, tempPath(), ':memory:']) {
        const error = refusal(dirname(path), () => TickStore[how](each, { writers: 'many', journal: false }))
        expect(error).toMatchObject({ code: 'ERR_VALUE_OUT_OF_RANGE' })
        expect(error.message).toContain('the option journal must be true where writers is "many"')
      }
    }
    TickStore.open(path, { ...MANY, journal: true }).close()
  })
})

describe(`${6} processes that open or create the same stores as many writers`, () => {
  it('all have them, and nobody is refused', async () => {
    const folder = tempFolder()
    const paths = Array.from({ length: 25 }, (_, i) => join(folder, `${i}.mmf`))
    const startAt = Date.now() + 700
    const options = { ...MANY, stallTimeoutMs: 30_000 }
    const racers = Array.from({ length: 6 }, () =>
      startProcess('race.mjs', { paths, options, startAt, appends: false }),
    )
    const results = await Promise.all(racers.map((racer) => racer.next()))
    for (const result of results) expect(result).toEqual({ ...results[0], refusals: 0 })
    for (const path of paths) {
      using store = TickStore.open(path, ONE)
      expect(store.length).toBe(0)
      expect(store.recovered).toEqual([])
    }
  })
})
