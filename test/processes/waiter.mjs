/**
 * Waits for records that another process appends or changes. Args: `path`, `options`, `how` (waitForLength, appended or
 * changed), `count`: indices to take, or the length to get to, one by one. Says `ready` before it waits, then the indices
 * that it was given, and how often it was told of something; or what went wrong. Ends on `close`.
 */
import { args, described, listen, say } from './channel.mjs'
import { TickStore } from './stores.mjs'

// Alive as long as the test is, but not by waiting.
const stopListening = listen(() => stopListening())
const store = TickStore.open(args.path, args.options)
const { hub } = store.waiting
const { hear } = hub
let told = 0
hub.hear = () => {
  told++
  hear.call(hub)
}
try {
  const indices = []
  if (args.how === 'waitForLength') {
    say({ ready: true })
    for (let length = store.length; length < args.count; ) {
      length = await store.waitForLength(length + 1)
      indices.push(length)
    }
  } else {
    const given = store[args.how]()
    const first = given.next()
    // The first step has said by now what it waits for.
    await new Promise((resolve) => setImmediate(resolve))
    say({ ready: true })
    indices.push((await first).value)
    while (indices.length < args.count) indices.push((await given.next()).value)
  }
  say({ indices, told })
} catch (error) {
  say(described(error))
}
store.close()
