/** The command line itself: what is asked about the program, and command lines that make no sense. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Workspace } from './workspace.support.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

describe('mmapforge', () => {
  it.each(['--help', '-h'])('%s lists the commands', async (option) => {
    const { code, stdout, stderr } = await new Workspace().run(option)
    expect(stdout).toContain('mmapforge generate <file…> [--out DIR] [--check]')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  it.each(['--version', '-v'])('%s prints the version of the package alone', async (option) => {
    expect(await new Workspace().run(option)).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })

  it('prints the help as an error where no command is given', async () => {
    const { code, stdout, stderr } = await new Workspace().run()
    expect(stderr).toContain('mmapforge generate <file…>')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })

  it.each([
    [['forge'], 'unknown command forge'],
    [['toString'], 'unknown command toString'],
    [[''], 'unknown command'],
    [['--forge'], 'unknown option --forge'],
    [['-x', 'generate'], 'unknown option -x'],
    [['generate'], 'generate needs the name of at least one file'],
    [['generate', '--check'], 'generate needs the name of at least one file'],
    [['generate', 'a.ts', '--forge'], "generate: Unknown option '--forge'"],
    [['generate', 'a.ts', '-x'], "generate: Unknown option '-x'"],
    [['generate', 'a.ts', '--out'], "generate: Option '--out <value>' argument missing"],
    [['generate', 'a.ts', '--out='], '--out needs the name of a folder'],
    [['generate', 'a.ts', '--check=yes'], "generate: Option '--check' does not take an argument"],
  ])('refuses %j', async (argv, message) => {
    const { code, stdout, stderr } = await new Workspace().run(...argv)
    expect(stderr.split('\n')).toEqual([
      expect.stringContaining(message),
      'mmapforge --help lists what there is',
      '',
    ])
    expect(stderr).toMatch(/^mmapforge: /)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })

  it('generate --help says what the command does', async () => {
    const { code, stdout, stderr } = await new Workspace().run('generate', '--help')
    expect(stdout).toMatch(/^mmapforge generate[\s\S]*--out DIR[\s\S]*--check/)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })
})
