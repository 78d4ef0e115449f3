/**
 * What must work in whichever realm the package was loaded: under Jest, in the vm pools of Vitest, in a `node:vm` context. There
 * the classes of the language are others than those of what `node:fs`, or another part of the program, hands over.
 *
 * In JavaScript, since Jest and `node:vm` load it as it is.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @param mmapforge the package
 * @param folder empty, for files
 */
export async function scenario(mmapforge, folder) {
  const { bytes, defineStore, float64, MmapForgeError, str, uint64 } = mmapforge
  const Store = defineStore(
    'Item',
    { version: 1 },
    { price: float64, name: str(8), blob: bytes(40), at: uint64 },
  )
  const item = (i) => ({ price: i, name: 'é', blob: new Uint8Array([i, 2]), at: 5n })
  const path = (name) => join(folder, name)

  for (const writers of ['one', 'many', 'unlocked']) {
    const store = Store.openOrCreate(path(writers), { writers })
    store.append(item(0))
    store.append({ ...item(1), blob: Buffer.from([1, 2]) })
    store.appendMany([item(2), { ...item(3), blob: shared(40) }])
    store.appendMany({ price: new Float64Array([4]), name: ['é'], blob: [item(4).blob], at: [5n] })
    same(JSON.stringify(plain(store.get(1))), JSON.stringify(plain(item(1))), 'a record')
    same(store.get(3).blob.length, 40, 'bytes in shared memory')
    same(store.get(0).blob instanceof Uint8Array, true, 'bytes are of this realm')
    store.set(0, item(9))
    store.update(0, { name: 'x' })
    store.modify(0, (record) => ({ ...record, price: record.price + 1 }))
    same(store.addPrice(0, 1), 11, 'a sum')
    same(store.compareAndSetName(0, 'x', 'y'), true, 'compare and set')
    same(
      store.reduce({ fields: ['price'] }, (sum, price) => sum + price, 0),
      21,
      'a scan',
    )
    while (store.length < 5000) store.append(item(0))

    refused('ERR_OUT_OF_BOUNDS', () => store.getPrice(5000))
    refused('ERR_TYPE_MISMATCH', () => store.append({}))
    refused('ERR_BYTES_TOO_LONG', () => store.setBlob(0, shared(41)))
    const other = defineStore('Item', { version: 1 }, { price: float64 })
    refused('ERR_SCHEMA_MISMATCH', () => other.open(path(writers), { readOnly: true }))
    if (writers === 'one') refused('ERR_LOCKED', () => Store.open(path(writers)))

    const reader = Store.open(path(writers), { readOnly: true })
    same(reader.viewName(1)[0], 0xc3, 'a view')
    await waits(store, reader)
    await store.flush()
    reader.close()
    store[Symbol.dispose ?? Symbol.for('Symbol.dispose')]()
    same(store.closed, true, 'closed at the end of a block')
    refused('ERR_CLOSED', () => store.length)
    Store.open(path(writers), { writers }).close()
    code('EEXIST', () => Store.create(path(writers)))
    rmSync(path(writers))
    code('ENOENT', () => Store.open(path(writers)))
  }

  const Large = defineStore('Large', { version: 1 }, { text: str(2 ** 28) })
  refused('ERR_TOO_LARGE', () => Large.create(':memory:', { capacity: 2 ** 31 }))
  // More than there is memory for, or more than a buffer can have in Node.js 20.
  refused('ERR_NO_SPACE ERR_TOO_LARGE', () => Large.create(':memory:', { capacity: 2 ** 20 }))

  function refused(codes, action) {
    const error = code(codes, action)
    same(error instanceof MmapForgeError && error instanceof Error, true, `the class of ${error}`)
  }
}

async function waits(store, reader) {
  const appended = reader.appended()
  setTimeout(() => store.append({ price: 2, name: '', blob: new Uint8Array(), at: 0n }), 20)
  same(await reader.waitForLength(5001, { timeoutMs: 10_000, ref: true }), 5001, 'a wait')
  same((await appended.next()).value, 5000, 'an append')
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 10)
  let reason
  await reader.waitForLength(9999, { signal: controller.signal, ref: true }).catch((error) => {
    reason = error.name
  })
  same(reason, 'AbortError', 'the end of a wait')
}

const shared = (length) => new Uint8Array(new SharedArrayBuffer(length)).fill(7)

/** What JSON can show. */
const plain = ({ price, name, blob, at }) => ({ price, name, blob: [...blob], at: String(at) })

/** The error of an action that must throw one with one of these codes. */
function code(codes, action) {
  try {
    action()
  } catch (error) {
    same(codes.split(' ').includes(error.code), true, `the code of ${error}`)
    return error
  }
  throw new Error(`nothing was thrown instead of ${codes}`)
}

function same(actual, expected, what) {
  if (actual !== expected) throw new Error(`${what}: ${String(actual)} instead of ${String(expected)}`)
}
