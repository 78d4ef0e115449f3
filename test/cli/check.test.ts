/** `generate --check`: whether what is there is what would be written. */
import { describe, expect, it } from 'vitest'
import { flag, TICK, Workspace } from './workspace.support.ts'

describe('generate --check', () => {
  it('passes what generate has just written', async () => {
    const work = new Workspace({ 'tick.ts': TICK, 'flag.ts': flag('Flag') })
    await work.run('generate', 'tick.ts', 'flag.ts', '--out', 'gen')
    expect(await work.run('generate', 'tick.ts', 'flag.ts', '--out', 'gen', '--check')).toEqual({
      code: 0,
      stdout: 'gen/tick.store.ts: up to date\ngen/flag.store.ts: up to date\n',
      stderr: '',
    })
  })

  it('names what is missing and what is out of date, and the command that helps, and writes nothing', async () => {
    const work = new Workspace({ 'a.ts': flag('A'), 'b.ts': flag('B'), "it's c.ts": flag('C') })
    await work.run('generate', 'a.ts', 'b.ts')
    const stale = work.read('b.store.ts')
    work.write('b.ts', flag('B').replace('version=2', 'version=3'))
    const files = work.files()
    expect(await work.run('generate', '--check', 'a.ts', 'b.ts', "it's c.ts")).toEqual({
      code: 1,
      stdout: 'a.store.ts: up to date\n',
      stderr: `b.store.ts: out of date\nit's c.store.ts: missing\nrun: npx mmapforge generate a.ts b.ts 'it'\\''s c.ts'\n`,
    })
    expect(work.files()).toEqual(files)
    expect(work.read('b.store.ts')).toBe(stale)
  })

  it('makes no folder', async () => {
    const work = new Workspace({ 'tick.ts': TICK })
    expect(await work.run('generate', 'tick.ts', '--check', '--out=gen')).toMatchObject({
      code: 1,
      stderr: 'gen/tick.store.ts: missing\nrun: npx mmapforge generate tick.ts --out=gen\n',
    })
    expect(work.files()).toEqual(['tick.ts'])
  })

  it('sees a single character that was changed by hand', async () => {
    const work = new Workspace({ 'tick.ts': TICK })
    await work.run('generate', 'tick.ts')
    work.write('tick.store.ts', `${work.read('tick.store.ts')}\n`)
    expect((await work.run('generate', 'tick.ts', '--check')).code).toBe(1)
  })

  it('does not mind the line ends of a checkout', async () => {
    const work = new Workspace({ 'tick.ts': TICK })
    await work.run('generate', 'tick.ts')
    work.write('tick.store.ts', work.read('tick.store.ts').replaceAll('\n', '\r\n'))
    work.write('tick.ts', TICK.replaceAll('\n', '\r\n'))
    expect((await work.run('generate', 'tick.ts', '--check')).code).toBe(0)
  })

  it('does not mind a byte order mark, and generate knows its own output by it', async () => {
    const work = new Workspace({ 'tick.ts': TICK })
    await work.run('generate', 'tick.ts')
    const text = work.read('tick.store.ts')
    work.write('tick.store.ts', `\ufeff${text}`)
    work.write('tick.ts', `\ufeff${TICK}`)
    expect((await work.run('generate', 'tick.ts', '--check')).code).toBe(0)
    work.write('tick.store.ts', `\ufeff${text.replace('TickStore', 'OldStore')}`)
    expect((await work.run('generate', 'tick.ts')).code).toBe(0)
    expect(work.read('tick.store.ts')).toBe(text)
  })

  it('reports faults as generate does', async () => {
    const work = new Workspace({ 'flag.ts': flag('Flag').replace('bool', 'boolean') })
    expect(await work.run('generate', 'flag.ts', '--check')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'flag.ts:2:29: unknown type boolean; write bool\n',
    })
  })
})
