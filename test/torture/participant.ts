/** Entry point of every participant, as a process and as a worker thread. */
import { setImmediate } from 'node:timers/promises'
import { isMainThread, workerData } from 'node:worker_threads'
import { MortalReader } from './mortal/reader.ts'
import type { ParticipantSpec } from './participant-spec.ts'
import { Reader } from './reader.ts'
import { Session } from './session.ts'
import { Writer } from './writer.ts'

const YIELD_INTERVAL_MS = 50

const spec = (isMainThread ? JSON.parse(process.argv.at(-1) ?? '') : workerData) as ParticipantSpec
const session = new Session(spec)
const PARTICIPANTS = { writer: Writer, reader: Reader, 'mortal-reader': MortalReader }
const participant = new PARTICIPANTS[spec.role](session)
try {
  while (session.goesOn()) {
    const endsAtMs = performance.now() + YIELD_INTERVAL_MS
    while (performance.now() < endsAtMs) participant.step()
    // Only now is the runtime told of what was garbage-collected, and gives back the memory of closed stores.
    await setImmediate()
  }
} catch (error) {
  session.violation({
    kind: 'error',
    operation: `a step of the ${spec.role}`,
    round: participant.round,
    evidence: error instanceof Error ? (error.stack ?? error.message) : String(error),
  })
}
participant.close()
session.end()
