/**
 * Several HTTP servers that share one rate limit: `npm run example:cluster`.
 *
 * `node:cluster` hands the connections of one port to a number of processes. Each of them would count on its own; here they
 * count in one store, so that a client has 100 requests a minute in all, whoever answers them. The pattern:
 *
 * - Each process opens the store for itself, by its path, with `writers: 'many'`. The first one creates it.
 * - One field is counted with `add`, several fields are changed together with `modify`: no other worker comes between.
 * - A worker may be killed at any moment: the others go on, and its lock is released by the kernel.
 *
 * Without arguments it starts four workers, calls them, kills one, calls again, and ends. With `--port 8080` it serves
 * until Ctrl-C: try `curl -i -H 'x-api-key: me' localhost:8080`. Bun needs the port, since there each worker takes one itself.
 */
import cluster from 'node:cluster'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type RunningCluster, startCluster } from './cluster.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    store: { type: 'string' },
    workers: { type: 'string', default: '4' },
    limit: { type: 'string', default: '100' },
    'window-ms': { type: 'string', default: '60000' },
  },
})

/** Calls so often at once; gives how many were let in, and how many workers answered. */
async function call(port: number, times: number): Promise<string> {
  const answers = Array.from({ length: times }, () =>
    fetch(`http://127.0.0.1:${port}/`, { headers: { 'x-api-key': 'demo', connection: 'close' } }),
  )
  const all = await Promise.all(answers)
  const passed = all.filter(({ status }) => status === 200).length
  const refused = all.filter(({ status }) => status === 429).length
  const workers = new Set(all.map(({ headers }) => headers.get('x-worker'))).size
  return `${passed} passed, ${refused} refused, by ${workers} workers`
}

async function show({ port, pids }: RunningCluster): Promise<void> {
  console.log(`60 requests at once: ${await call(port, 60)}`)
  process.kill(pids[0] as number, 'SIGKILL')
  await once(cluster, 'listening')
  console.log(`60 requests at once: ${await call(port, 60)}`)
}

const folder = mkdtempSync(join(tmpdir(), 'mmapforge-cluster-'))
const failure = new AbortController()
const { signal } = failure
try {
  const running = await startCluster(
    {
      worker: fileURLToPath(new URL('./worker.js', import.meta.url)),
      workerCount: Number(values.workers),
      path: values.store ?? join(folder, 'limits.mmf'),
      port: Number(values.port ?? 0),
      limit: Number(values.limit),
      windowMs: Number(values['window-ms']),
    },
    failure,
  )
  console.log(`listening on http://127.0.0.1:${running.port}`)
  if (values.port === undefined) await show(running)
  else await Promise.race([once(process, 'SIGINT', { signal }), once(process, 'SIGTERM', { signal })])
  await running.stop()
} catch (error) {
  console.error(`the example failed: ${signal.aborted ? signal.reason.message : error}`)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
