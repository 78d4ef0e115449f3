/** The primary: keeps the workers going. It need not open the store itself. */
import cluster from 'node:cluster'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { WorkerOptions } from './worker.ts'

export interface ClusterOptions extends WorkerOptions {
  readonly workerCount: number
  /** The program of a worker. */
  readonly worker: string
}

export interface RunningCluster {
  readonly port: number
  /** Process ids of the workers. */
  readonly pids: readonly number[]
  stop(): Promise<void>
}

/**
 * Starts the workers, and a new one for each that is killed.
 *
 * @param failure is aborted where a worker has ended by itself, as the next one would
 */
export async function startCluster(
  { worker: exec, workerCount, ...options }: ClusterOptions,
  failure: AbortController,
): Promise<RunningCluster> {
  cluster.setupPrimary({ exec, args: [JSON.stringify(options)] })
  let isStopping = false
  cluster.on('exit', ({ process: { pid } }, code, signal) => {
    if (isStopping) return
    if (!signal) return failure.abort(new Error(`worker ${pid} ended with exit code ${code}`))
    const next = cluster.fork()
    next.once('listening', () => console.log(`worker ${pid} was killed, ${next.process.pid} took its place`))
  })
  for (let count = 0; count < workerCount; count++) cluster.fork()
  const listening = workers().map((worker) => once(worker, 'listening', { signal: failure.signal }))
  const addresses = await Promise.all(listening)
  const [{ port }] = addresses[0] as [AddressInfo]
  return {
    port,
    get pids() {
      return workers().flatMap(({ process: { pid } }) => pid ?? [])
    },
    stop: async () => {
      isStopping = true
      const exits = workers().map((worker) => once(worker, 'exit'))
      cluster.disconnect()
      await Promise.all(exits)
    },
  }
}

function workers() {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
}
