/**
 * Text is decoded from bytes that another thread may be overwriting. Native decoders look twice, once to measure and once
 * to write: given such bytes, they write past the end of the string, and the process dies sooner or later.
 */
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { TextField } from '../../src/values/text-field.ts'

const PREFIX_BYTES = 4
const READ_COUNT = 60_000

const SCRIBBLE = `
  const { workerData: { memory, texts } } = require('node:worker_threads')
  const encoded = texts.map((text) => Buffer.from(text))
  const target = new Uint8Array(memory, ${PREFIX_BYTES})
  const stop = new Int32Array(memory, 0, 1)
  for (let i = 0; Atomics.load(stop, 0) === 0; i++) target.set(encoded[i & 1])
`

test.each([120, 1200])(
  '%i bytes that change meanwhile give some text or none, and harm nothing',
  async (length) => {
    // As long in UTF-8, one third as long in UTF-16.
    const wide = '語'.repeat(length / 3)
    const narrow = `${'a'.repeat(length - 2)}é`
    const memory = new SharedArrayBuffer(PREFIX_BYTES + length)
    const words = new Int32Array(memory)
    const bytes = Buffer.from(memory as unknown as ArrayBuffer)
    bytes.write(wide, PREFIX_BYTES)
    const field = new TextField(length)
    const scribbler = new Worker(SCRIBBLE, { eval: true, workerData: { memory, texts: [wide, narrow] } })
    let wholeCount = 0
    let strangeCount = 0
    try {
      for (let i = 0; i < READ_COUNT; i++) {
        // Lets the scribbler start.
        if (i % (READ_COUNT / 10) === 0) await new Promise((resolve) => setTimeout(resolve, 20))
        const text = field.load(bytes, words, 0, length)
        if (text === wide || text === narrow) wholeCount++
        else if (text !== undefined && Buffer.byteLength(text) !== length) strangeCount++
      }
    } finally {
      Atomics.store(words, 0, 1)
      await scribbler.terminate()
    }
    expect(wholeCount).toBeGreaterThan(0)
    expect(strangeCount).toBe(0)
  },
)
