/** One process of the benchmark of waiting: a writer, a waiter, or one that does other things meanwhile. */
import { lookup } from 'node:dns/promises'
import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { defineStore, float64, uint53 } from 'mmapforge'
import { quantile } from '../measure/statistics.ts'
import type { Latencies } from '../results/results.ts'

/** A record says when it was written. */
export const StampStore = defineStore('Stamp', { version: 1 }, { at: float64, round: uint53 })

export type Role = 'writer' | 'waiter' | 'idler' | 'worker'
export type Kind = 'append' | 'set'

export interface Task {
  readonly role: Role
  readonly kind: Kind
  readonly paths: readonly string[]
  /** Wake-ups to measure, or seconds to idle, or calls to make. */
  readonly count: number
}

function latencies(samplesUs: readonly number[]): Latencies {
  const at = (q: number) => Math.round(quantile(samplesUs, q) * 10) / 10
  return { count: samplesUs.length, medianUs: at(0.5), p99Us: at(0.99), maxUs: at(1) }
}

/** In microseconds of the one clock that processes of all runtimes share, to a quarter of one. */
function nowUs(): number {
  return (performance.timeOrigin + performance.now()) * 1000
}

type Store = InstanceType<typeof StampStore>

/** Writes at random times, so far apart that the waiter sleeps in between. Gives what a write costs that wakes. */
async function write(store: Store, { kind, count }: Task): Promise<Latencies> {
  const costs: number[] = []
  for (let round = 0; round < count; round++) {
    await sleep(2 + 3 * Math.random())
    const at = nowUs()
    if (kind === 'append') store.append({ at, round })
    else store.setAt(round % store.length, at)
    costs.push(nowUs() - at)
  }
  return latencies(costs)
}

/** Each sample: from before the write to where the waiter's own code runs again. */
async function wait(store: Store, { kind, count }: Task): Promise<Latencies> {
  const samples: number[] = []
  const take = (index: number) => samples.push(nowUs() - store.getAt(index))
  if (kind === 'append') {
    for (let length = store.length; samples.length < count; ) {
      length = await store.waitForLength(length + 1, { ref: true })
      take(length - 1)
    }
  } else {
    for await (const index of store.changed({ ref: true })) {
      take(index)
      if (samples.length >= count) break
    }
  }
  return latencies(samples)
}

/** Waits in vain. Gives the share of a processor that it takes. */
async function idle(store: Store, { kind, count }: Task): Promise<{ cpuPercent: number }> {
  const controller = new AbortController()
  const { signal } = controller
  const wait = kind === 'append' ? store.waitForLength(2 ** 31, { signal }) : store.changed({ signal }).next()
  wait.catch(() => undefined)
  // What it takes to begin is no part of it.
  await sleep(2000)
  const before = process.cpuUsage()
  const began = nowUs()
  await sleep(count * 1000)
  const { user, system } = process.cpuUsage(before)
  const cpuPercent = (100 * (user + system)) / (nowUs() - began)
  controller.abort()
  return { cpuPercent: Math.round(cpuPercent * 1000) / 1000 }
}

/** What the pool of threads does, with waits on all stores and without. */
async function work(stores: readonly Store[], { count, paths }: Task): Promise<object> {
  const measure = async () => {
    const [fs, dns]: [number[], number[]] = [[], []]
    for (let i = 0; i < count; i++) {
      const began = nowUs()
      await stat(paths[0] as string)
      const between = nowUs()
      await lookup('localhost')
      fs.push(between - began)
      dns.push(nowUs() - between)
    }
    return { stat: latencies(fs), lookup: latencies(dns) }
  }
  await measure()
  const without = await measure()
  const controller = new AbortController()
  const { signal } = controller
  const waits = stores.map((store) => store.waitForLength(2 ** 31, { signal }).catch(() => 'aborted'))
  const withWaits = await measure()
  controller.abort()
  const ended = await Promise.all(waits)
  return { waits: ended.filter((how) => how === 'aborted').length, without, with: withWaits }
}

export async function participate(task: Task): Promise<object> {
  const { role, paths } = task
  const stores = paths.map((path) => StampStore.open(path, { readOnly: role !== 'writer' }))
  const [store] = stores as [Store]
  process.stdout.write('ready\n')
  await new Promise((resolve) => process.stdin.once('data', resolve))
  process.stdin.destroy()
  const done = {
    writer: () => write(store, task),
    waiter: () => wait(store, task),
    idler: () => idle(store, task),
    worker: () => work(stores, task),
  }[role]()
  const result = await done
  for (const each of stores) each.close()
  return result
}
