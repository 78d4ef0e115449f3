/**
 * One of many writers, which does what the test says, and dies where it says. Args: `how`, `path`, `options`. Says what it
 * opened or the error, then obeys commands of JSON; bigints stand in messages as texts such as `5n`.
 * - `call`: calls `method` of the store with `args`, and says its `result`
 * - `hold`: keeps record `index` taken, saying so, until the file `until` exists; then gives it `price`, or throws
 * - `die`: does the same call, and is killed on the way: see `DEATHS`
 * - `stop`: does the same call, and is stopped when what it appends is to be counted
 * - `close`: closes the store and ends
 */
import { existsSync } from 'node:fs'
import { MappedRegion } from '../../dist/region/mapped-region.js'
import { TextField } from '../../dist/values/text-field.js'
import { args, described, listen, say } from './channel.mjs'
import { TickStore } from './stores.mjs'

const pillow = new Int32Array(new SharedArrayBuffer(4))

let store
let stopListening

/** Dies as if somebody had pulled the plug: nothing runs after it. */
function die() {
  process.kill(process.pid, 'SIGKILL')
  for (;;);
}

/** A typed array of the store that kills whoever stores to it, and is otherwise as it was. */
function deadly(array) {
  return new Proxy(array, {
    set: die,
    get: (target, key) => target[key],
  })
}

/** Where to die. */
const DEATHS = {
  /** At the first store to `view`: those before it have been made. */
  store: ({ view }) => {
    store[view] = deadly(store[view])
  },
  /** In the middle of a text: its length is stored, and nothing else of it. */
  text: () => {
    TextField.prototype.store = (_u8, i32, prefix, length) => {
      i32[prefix] = length
      die()
    }
  },
  /** Within a `modify`, which has the record. */
  modify: ({ index }) => store.modify(index, die),
  /** When an append needs a larger file, before it is, or after. */
  growth: ({ isGrown }) => {
    const { grow } = MappedRegion.prototype
    MappedRegion.prototype.grow = function (sizeBytes) {
      if (isGrown) grow.call(this, sizeBytes)
      die()
    }
  },
  /** When what has been appended is to be counted. */
  publication: () => {
    store.publish = die
  },
}

const COMMANDS = {
  call: ({ method, args }) => say({ result: store[method](...args) }),
  look: ({ property }) => say({ result: store[property] }),
  hold: ({ index, until, price }) => {
    const change = (record) => {
      say({ holding: true })
      while (!existsSync(until)) Atomics.wait(pillow, 0, 0, 1)
      if (price === undefined) throw new Error('no change after all')
      return { ...record, price }
    }
    say({ result: store.modify(index, change).price })
  },
  die: ({ where, method, args, ...more }) => {
    DEATHS[where](more)
    store[method](...args)
  },
  stop: ({ method, args }) => {
    const { publish } = store
    store.publish = (index) => {
      store.publish = publish
      process.kill(process.pid, 'SIGSTOP')
      return store.publish(index)
    }
    COMMANDS.call({ method, args })
  },
  close: () => {
    store.close()
    stopListening()
    say({ closed: true })
  },
}

function obey(text) {
  const command = JSON.parse(text, (_, value) =>
    typeof value === 'string' && /^-?\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
  )
  try {
    COMMANDS[command.do](command)
  } catch (error) {
    say(described(error))
  }
}

Object.defineProperty(BigInt.prototype, 'toJSON', {
  value() {
    return `${this}n`
  },
})

try {
  store = TickStore[args.how](args.path, args.options)
  stopListening = listen(obey)
  say({ pid: process.pid, length: store.length, recovered: store.recovered })
} catch (error) {
  say(described(error))
}
