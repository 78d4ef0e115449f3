/**
 * The seqlock: how a reader gets a consistent record while a writer in another process or thread changes it.
 *
 * Every record starts with a counter: even while the record is stable, odd while it is being written. A writer makes it
 * odd, stores, and makes it even again, two higher. A reader loads the counter, loads the data, and loads the counter
 * again: if both gave the same even value, no write lay between them. The low 32 bits are enough: a reader
 * compares for equality only, parity survives the wrap, and a reader would have to sleep through exactly 2^31 writes.
 *
 * Two things could break this: the processor's reordering and the compiler's. JavaScript orders only Atomics, but those
 * are calls that cost several loads each. So there are two strategies.
 *
 * **fenced**, for x86-64. The processor keeps loads in program order, and stores in program order (Intel SDM vol. 3,
 * 8.2.2), so only the compiler is left. JIT compilers do fold two loads of one address into one, and drop a store that
 * a later one overwrites. The fence word prevents both: a word of the same typed array, at an index that the compiler
 * can't know to differ from the counter's.
 * - `endRead` stores to it between the data loads and the second counter load. The second load can't reuse the first
 *   one's value, since as far as the compiler knows that store changed it; and neither it nor a data load can move
 *   across the store, since the data's typed array may overlap it too: they share a buffer.
 * - `endWrite` adds its value, always 0, to the final counter store. That load may observe the first counter store, so
 *   the first can't be dropped as dead; and the data stores, which may alias the word, can't sink below it.
 * The word is private to each mapping, so readers of one store never contend for it, and a read-only mapping has one.
 *
 * **atomic**, for everything else, which is ARM64. There only Atomics are ordered, and even they only so far: nothing that
 * follows a load (load-acquire) overtakes it, a store (store-release) overtakes nothing before it, and a load-acquire does
 * not overtake an earlier store-release. So a barrier between loads is a store and then a read-modify-write. The latter
 * alone would not do: it may be a loop of load-acquire and store-release, and a load before it and one after it can both
 * move in between, and swap. In `beginWrite` the odd counter is that store; it keeps the data stores behind it likewise.
 *
 * Readers must not use `Atomics.load` on the mapping: JavaScriptCore (Bun) compiles it to a compare-and-exchange, which
 * ends the process where the mapping is read-only. A plain load with a barrier on private memory beside it does.
 *
 * Nothing may throw between `beginWrite` and `endWrite`: callers check, convert and encode before.
 */

/** Index of a 32-bit element in the store's Int32Array. */
type I32Index = number

export interface Seqlock {
  /** Loads the counter, before the data, and clears its lowest bit: an odd counter never equals what this returns. */
  beginRead(i32: Int32Array, counter: I32Index): number
  /** Whether the data loaded since `beginRead` returned `before` is one consistent snapshot. */
  endRead(i32: Int32Array, counter: I32Index, before: number, fence: I32Index): boolean
  /** Makes an even counter odd, and leaves an odd one alone, which is another writer's. Returns the counter before. */
  beginWrite(i32: Int32Array, counter: I32Index, fence: I32Index): number
  /** Makes the counter even again: `before` is what `beginWrite` returned. */
  endWrite(i32: Int32Array, counter: I32Index, before: number, fence: I32Index): void
  /** Loads a word that other processes store to, anew at every call: never hoisted out of a caller's loop. */
  loadShared(i32: Int32Array, at: I32Index, fence: I32Index): number
  /** Stores a word that readers look at, after every earlier store. */
  storeShared(i32: Int32Array, at: I32Index, value: number, fence: I32Index): void
}

export const fencedSeqlock: Seqlock = {
  beginRead: (i32, counter) => (i32[counter] as number) & ~1,
  endRead: (i32, counter, before, fence) => {
    i32[fence] = 0
    return i32[counter] === before
  },
  beginWrite: (i32, counter) => {
    const before = i32[counter] as number
    i32[counter] = before | 1
    return before
  },
  endWrite: (i32, counter, before, fence) => {
    i32[counter] = (before + 2 + (i32[fence] as number)) | 0
  },
  loadShared: (i32, at, fence) => {
    i32[fence] = 0
    return i32[at] as number
  },
  storeShared: (i32, at, value, fence) => {
    i32[at] = (value + (i32[fence] as number)) | 0
  },
}

/** A word for atomic operations that serve only to order others. */
const barrier = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))

/** Keeps every load before it ahead of every load after it, on any architecture. */
function orderLoads(): void {
  Atomics.store(barrier, 0, 0)
  Atomics.add(barrier, 0, 0)
}

/** Loads a word after every load before it, on any architecture, without write access. */
export function loadAnew(i32: Int32Array, at: I32Index): number {
  orderLoads()
  return i32[at] as number
}

export const atomicSeqlock: Seqlock = {
  beginRead: (i32, counter) => {
    const before = (i32[counter] as number) & ~1
    orderLoads()
    return before
  },
  endRead: (i32, counter, before) => {
    orderLoads()
    return i32[counter] === before
  },
  beginWrite: (i32, counter, fence) => {
    const before = Atomics.load(i32, counter)
    Atomics.store(i32, counter, before | 1)
    Atomics.add(i32, fence, 0)
    return before
  },
  endWrite: (i32, counter, before) => {
    Atomics.store(i32, counter, (before + 2) | 0)
  },
  loadShared: (i32, at) => loadAnew(i32, at),
  storeShared: (i32, at, value) => {
    Atomics.store(i32, at, value | 0)
  },
}

/** The strategy for an architecture, as `process.arch` names it. */
export function seqlockFor(arch: string): Seqlock {
  return arch === 'x64' || arch === 'ia32' ? fencedSeqlock : atomicSeqlock
}

// Chosen once, so that these are constant functions, which compilers inline into the accessors.
export const { beginRead, endRead, beginWrite, endWrite, loadShared, storeShared } = seqlockFor(process.arch)
