/** Plans what `generate` writes: everything is read, parsed and checked before the first byte is written. */
import { basename, resolve } from 'node:path'
import { AnnotationError } from '../codegen/annotations/error.ts'
import { parseAnnotated } from '../codegen/annotations/parse.ts'
import { emitModule } from '../codegen/emit/module.ts'
import { readText } from '../os/files.ts'
import { layoutOf } from '../schema/layout.ts'
import type { Schema } from '../schema/schema.ts'
import { readGenerated, reasonOf } from './files.ts'
import { InputError, outputPath } from './output-path.ts'

/** One file to write. */
export interface Generation {
  /** The path that is shown: relative to the working directory, as its input was given. */
  readonly output: string
  readonly path: string
  readonly text: string
  readonly schemas: readonly Schema[]
  /** How the file on disk compares. */
  readonly state: 'missing' | 'out of date' | 'up to date'
}

export interface GenerationPlan {
  readonly generations: readonly Generation[]
  /** Error lines for the user; if there are any, nothing may be written. */
  readonly faults: readonly string[]
}

export function planGenerations(
  inputs: readonly string[],
  folder: string | undefined,
  cwd: string,
): GenerationPlan {
  const generations: Generation[] = []
  const faults: string[] = []
  const owners = new Map<string, string>()
  for (const input of distinct(inputs, cwd)) {
    try {
      const output = outputPath(input, folder)
      claimOutput(owners, output, input, cwd)
      generations.push(planOne(input, output, cwd))
    } catch (error) {
      faults.push(describe(error, input))
    }
  }
  return { generations, faults }
}

/** A file that is given twice is generated once. */
function distinct(inputs: readonly string[], cwd: string): string[] {
  return [...new Map(inputs.toReversed().map((input) => [resolve(cwd, input), input])).values()].toReversed()
}

function claimOutput(owners: Map<string, string>, output: string, input: string, cwd: string): void {
  const path = resolve(cwd, output)
  const owner = owners.get(path)
  if (owner !== undefined) {
    throw new InputError(
      `${input}: makes ${output}, and so does ${owner}; rename one, or generate them into different folders`,
    )
  }
  owners.set(path, input)
}

function planOne(input: string, output: string, cwd: string): Generation {
  const schemas = parseAnnotated(readText(resolve(cwd, input)), input)
  const text = emitModule(schemas, basename(input))
  const path = resolve(cwd, output)
  return { output, path, text, schemas, state: compare(readGenerated(path, output), text) }
}

function compare(present: string | undefined, text: string): Generation['state'] {
  if (present === undefined) return 'missing'
  // A checkout may have turned the line ends into CRLF, which is no reason to generate again.
  return present.replaceAll('\r\n', '\n') === text ? 'up to date' : 'out of date'
}

function describe(error: unknown, input: string): string {
  if (error instanceof InputError || error instanceof AnnotationError) return error.message
  const reason = reasonOf(error)
  if (reason === undefined) throw error
  return `${input}: ${reason}`
}

/** `TickStore, 4 fields, 104 bytes a record` */
export function describeStore(schema: Schema): string {
  const count = schema.fields.length
  const fields = count === 1 ? '1 field' : `${count} fields`
  return `${schema.name}Store, ${fields}, ${layoutOf(schema).recordSizeBytes} bytes a record`
}
