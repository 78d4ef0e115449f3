/** `mmapforge generate`: writes a typed store for each annotated interface. */
import { parseArgs } from 'node:util'
import { isBuiltInError } from '../errors.ts'
import { writeGenerated } from './files.ts'
import { describeStore, type Generation, planGenerations } from './generation-plan.ts'
import { type CommandIo, EXIT, UsageError } from './io.ts'
import { InputError } from './output-path.ts'

const HELP = `mmapforge generate <file…> [--out DIR] [--check]

Writes tick.store.ts for tick.ts: a store class for each interface that is annotated
with /** @mmapforge version=1 */. Nothing is written where one of the files has a fault.

  --out DIR   write into DIR, which is made if need be, instead of beside each file
  --check     write nothing; exit with 1 where a store is missing or out of date
`

interface Options {
  readonly files: readonly string[]
  readonly out: string | undefined
  readonly check: boolean
  readonly help: boolean
}

export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const options = readOptions(argv)
  if (options.help) {
    io.stdout.write(HELP)
    return EXIT.ok
  }
  if (options.files.length === 0) throw new UsageError('generate needs the name of at least one file')
  const { generations, faults } = planGenerations(options.files, options.out, io.cwd)
  if (faults.length > 0) {
    io.stderr.write(faults.map((fault) => `${fault}\n`).join(''))
    return EXIT.failed
  }
  return options.check ? check(generations, argv, io) : write(generations, io)
}

function readOptions(argv: readonly string[]): Options {
  const { values, positionals } = parseStrictly(argv)
  if (values.out === '') throw new UsageError('--out needs the name of a folder')
  return {
    files: positionals,
    out: values.out,
    check: values.check ?? false,
    help: values.help ?? false,
  }
}

function parseStrictly(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        out: { type: 'string' },
        check: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    if (!isBuiltInError(error, 'TypeError')) throw error
    // The sentences after the first are advice on positional arguments, which is rarely the problem.
    throw new UsageError(`generate: ${(error as TypeError).message.split(/[.\n]/, 1)[0]}`)
  }
}

function write(generations: readonly Generation[], io: CommandIo): number {
  for (const { output, path, text, schemas, state } of generations) {
    const isCurrent = state === 'up to date'
    try {
      if (!isCurrent) writeGenerated(path, output, text)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      io.stderr.write(`${error.message}\n`)
      return EXIT.failed
    }
    for (const schema of schemas) {
      io.stdout.write(`${output}: ${describeStore(schema)}${isCurrent ? ' (unchanged)' : ''}\n`)
    }
  }
  return EXIT.ok
}

function check(generations: readonly Generation[], argv: readonly string[], io: CommandIo): number {
  const stale = generations.filter(({ state }) => state !== 'up to date')
  for (const { output, state } of generations) {
    const stream = state === 'up to date' ? io.stdout : io.stderr
    stream.write(`${output}: ${state}\n`)
  }
  if (stale.length === 0) return EXIT.ok
  const command = argv.filter((word) => word !== '--check').map(shellWord)
  io.stderr.write(`run: npx mmapforge generate ${command.join(' ')}\n`)
  return EXIT.failed
}

/** Quotes a word for a shell, if it needs quotes. */
function shellWord(word: string): string {
  return /^[\w./@:=+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
