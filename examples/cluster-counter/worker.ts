/** A worker of the cluster: an HTTP server that answers with 200 or 429, as the limiter says. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { MmapForgeError } from 'mmapforge'
import { type Allowance, MAX_CLIENT_BYTES, RateLimiter } from './limiter.ts'

export interface WorkerOptions extends Allowance {
  readonly path: string
  readonly port: number
}

const { path, port, limit, windowMs } = JSON.parse(process.argv[2] ?? '') as WorkerOptions
const limiter = new RateLimiter(path, { limit, windowMs })
createServer(answer).listen(port, '127.0.0.1')

// The primary says when it is time to go, also where Ctrl-C reaches all of them.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)
process.once('disconnect', () => process.exit())
// However it ends, short of being killed: then the kernel lets go of its lock, and the others mend what it left.
process.once('exit', () => limiter.close())

function answer({ headers }: IncomingMessage, response: ServerResponse): void {
  response.setHeader('x-worker', process.pid)
  const client = headers['x-api-key']
  if (typeof client !== 'string' || client === '' || Buffer.byteLength(client) > MAX_CLIENT_BYTES) {
    response.writeHead(401).end(`an x-api-key of 1 to ${MAX_CLIENT_BYTES} bytes, please\n`)
    return
  }
  try {
    const { isAllowed, left, endsInMs } = limiter.take(client, Date.now())
    response.setHeader('x-ratelimit-remaining', left)
    if (!isAllowed) response.setHeader('retry-after', Math.ceil(endsInMs / 1000))
    response.writeHead(isAllowed ? 200 : 429).end(isAllowed ? 'welcome\n' : 'too many requests\n')
  } catch (error) {
    // Another worker is stopped in the middle of this very record: alive, so nobody may take the record from it.
    if (!(error instanceof MmapForgeError && error.code === 'ERR_WRITER_STALLED')) throw error
    response.writeHead(503).end('try again\n')
  }
}
