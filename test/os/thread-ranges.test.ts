import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { nativeOs } from '../../src/os/native-os.ts'
import { markedRanges, type RangeCalls, ThreadRanges } from '../../src/os/thread-ranges.ts'
import { tempFolder } from '../support/temp.ts'

const os = nativeOs('test')
const PAGE_BYTES = os.pageSizeBytes
const mapsOfProcess = (): string => readFileSync('/proc/self/maps', 'utf8')

describe('the mark of a range', () => {
  it('stands behind it, says whose it is and how long, and can be found', () => {
    const address = os.reserve(10 * PAGE_BYTES)
    const found = () => markedRanges(mapsOfProcess(), PAGE_BYTES).filter((range) => range.address === address)
    expect(found()).toEqual([
      { thread: basename(readlinkSync('/proc/thread-self')), address, lengthBytes: 10 * PAGE_BYTES },
    ])
    os.unmap(address, 10 * PAGE_BYTES)
    expect(found()).toEqual([])
  })

  it('goes with the range that is left to itself', () => {
    const address = os.reserve(PAGE_BYTES)
    os.disown(address, PAGE_BYTES)
    expect(markedRanges(mapsOfProcess(), PAGE_BYTES).map((range) => range.address)).not.toContain(address)
    os.unmap(address, PAGE_BYTES)
  })

  it('is told from all else that is mapped', () => {
    const maps = `
7f0000000000-7f0000001000 ---p 00004000 00:01 12                         /memfd:mmapforge-77 (deleted)
7f0000010000-7f0000012000 ---p 00004000 00:01 12                         /memfd:mmapforge-77 (deleted)
7f0000020000-7f0000021000 ---p 00004000 00:01 12                         /memfd:mmapforge-x (deleted)
7f0000030000-7f0000031000 ---p 00004000 00:01 12                         /memfd:other-77 (deleted)
7f0000040000-7f0000041000 ---p 00004000 00:01 12                         /tmp/memfd:mmapforge-77 (deleted)
7f0000050000-7f0000051000 ---p 00004000 00:01 12
`
    expect(markedRanges(maps, 4096)).toEqual([
      { thread: '77', address: 0x7f00_0000_0000n - 0x4000n, lengthBytes: 0x4000 },
    ])
  })
})

describe('a sweep', () => {
  const [HERE, THERE, GONE, LONG_GONE] = [11, 12, 13, 14]

  /** A system with these threads, and the marks of these and of others, in a folder that looks like /proc. */
  function system(living: readonly number[], marked: readonly number[]) {
    const proc = tempFolder()
    symlinkSync(`10/task/${HERE}`, join(proc, 'thread-self'))
    for (const thread of living) mkdirSync(join(proc, 'self', 'task', String(thread)), { recursive: true })
    mkdirSync(join(proc, 'self'), { recursive: true })
    const lines = marked.map((thread) => {
      const [from, to] = [markOf(thread), markOf(thread) + BigInt(PAGE_BYTES)]
      return `${from.toString(16)}-${to.toString(16)} ---p 00010000 00:01 1   /memfd:mmapforge-${thread} (deleted)\n`
    })
    writeFileSync(join(proc, 'self', 'maps'), lines.join(''))
    return proc
  }

  const markOf = (thread: number): bigint => BigInt(thread) * 2n ** 32n
  const rangeOf = (thread: number) => [markOf(thread) - 0x10000n, 0x10000 + PAGE_BYTES]

  function rangesIn(proc: string, replaced: Partial<RangeCalls> = {}) {
    const unmapped: unknown[] = []
    const ranges = new ThreadRanges(
      {
        pageSizeBytes: PAGE_BYTES,
        mapMark: () => undefined,
        unmap: (address, lengthBytes) => void unmapped.push([address, lengthBytes]),
        tryLock: (fd) => os.tryLock(fd, 'exclusive'),
        ...replaced,
      },
      proc,
    )
    return { ranges, unmapped }
  }

  const all = [HERE, GONE, THERE, LONG_GONE, GONE]

  it('unmaps what threads have left that have ended, and nothing of those that live', () => {
    const { ranges, unmapped } = rangesIn(system([HERE, THERE], all))
    ranges.sweep()
    expect(unmapped).toEqual([GONE, LONG_GONE, GONE].map(rangeOf))
  })

  it('unmaps nothing where it does not find its own thread alive', () => {
    const { ranges, unmapped } = rangesIn(system([THERE], all))
    ranges.sweep()
    expect(unmapped).toEqual([])
  })

  it('unmaps nothing while another thread sweeps', () => {
    const proc = system([HERE], all)
    const { ranges, unmapped } = rangesIn(proc)
    const fd = openSync(join(proc, 'self', 'maps'), 'r')
    os.tryLock(fd, 'exclusive')
    ranges.sweep()
    expect(unmapped).toEqual([])
    closeSync(fd)
    ranges.sweep()
    expect(unmapped).not.toEqual([])
  })

  it('comes once in a while', () => {
    const { ranges, unmapped } = rangesIn(system([HERE], [GONE]))
    for (let taken = 0; taken < 64; taken++) ranges.sweepIfDue()
    // A thread that begins has one before its first range; this one may be the first of its process.
    const before = unmapped.length
    expect(before).toBe(isMainThread ? 0 : 1)
    for (let taken = 0; taken < 64; taken++) ranges.sweepIfDue()
    expect(unmapped.length).toBe(before + 1)
  })

  it('has no part in the failure of what it is done for', () => {
    const fail = (): never => {
      throw new RangeError('refused')
    }
    for (const refused of ['unmap', 'tryLock', 'mapMark'] as const) {
      const { ranges } = rangesIn(system([HERE], all), { [refused]: fail })
      ranges.sweep()
      ranges.mark(0n, PAGE_BYTES)
    }
    const marks: unknown[] = []
    const { ranges, unmapped } = rangesIn(tempFolder(), { mapMark: (...mark) => void marks.push(mark) })
    ranges.sweep()
    ranges.mark(0n, PAGE_BYTES)
    expect([...unmapped, ...marks]).toEqual([])
  })
})
