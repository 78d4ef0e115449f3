/** How a script talks to the test that started it, as a process or as a worker thread. */
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'

/** What the test passes. */
export const args = isMainThread ? JSON.parse(process.argv[2]) : workerData

/** Sends a message to the test, at once. */
export function say(message) {
  if (isMainThread) writeSync(1, `${JSON.stringify(message)}\n`)
  else parentPort.postMessage(message)
}

/**
 * Calls `handle` with each command of the test; keeps the script alive until the function that it gives is called.
 */
export function listen(handle) {
  if (isMainThread) {
    createInterface({ input: process.stdin }).on('line', handle)
    return () => process.stdin.destroy()
  }
  parentPort.on('message', handle)
  return () => parentPort.off('message', handle)
}

/** An error as a message. */
export function described({ code, message, path, record, field }) {
  return { error: code ?? message, message, path, record, field }
}
