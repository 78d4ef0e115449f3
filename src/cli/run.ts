/** Dispatches a command line to its command, and answers `--help` and `--version`. */
import { readFile } from 'node:fs/promises'
import { type CommandIo, EXIT, UsageError } from './io.ts'

const HELP = `mmapforge: typed records in memory-mapped files

Usage:
  mmapforge generate <file…> [--out DIR] [--check]   write a typed store for each annotated interface
  mmapforge --help                                   this text; mmapforge <command> --help says more
  mmapforge --version
`

interface Command {
  run(argv: readonly string[], io: CommandIo): Promise<number>
}

/** Commands are loaded on demand: the TypeScript parser is large. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  generate: () => import('./generate.ts'),
}

/** Runs a command line, without the program's name; returns the exit code. */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  try {
    return await dispatch(argv, io)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.stderr.write(`mmapforge: ${error.message}\nmmapforge --help lists what there is\n`)
    return EXIT.usage
  }
}

async function dispatch([name, ...rest]: readonly string[], io: CommandIo): Promise<number> {
  if (name === undefined) {
    io.stderr.write(HELP)
    return EXIT.usage
  }
  if (name === '--help' || name === '-h') {
    io.stdout.write(HELP)
    return EXIT.ok
  }
  if (name === '--version' || name === '-v') {
    io.stdout.write(`${await packageVersion()}\n`)
    return EXIT.ok
  }
  if (name.startsWith('-')) throw new UsageError(`unknown option ${name}`)
  if (!Object.hasOwn(COMMANDS, name)) throw new UsageError(`unknown command ${name}`)
  const command = await COMMANDS[name]?.()
  return (await command?.run(rest, io)) ?? EXIT.usage
}

/** Source and compiled files are equally deep in the package, so one path serves both. */
async function packageVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
