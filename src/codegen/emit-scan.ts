/** A scan as source text: a loop of its own for each choice of fields, so that nothing in it is looked up by name. */
import type { LayoutField } from '../schema/layout.ts'
import type { StoreDefinition } from '../store/definition.ts'
import { textConstant } from './emit-field.ts'
import { ProtocolEmitter } from './emit-protocol.ts'
import { indent } from './source-text.ts'

/** The body of a function of `runtime` that returns `scan(from, to, visit)`, to be called with a store as `this`. */
export function emitScanBody(definition: StoreDefinition, fields: readonly LayoutField[]): string {
  return new ScanEmitter(definition).emit(fields)
}

class ScanEmitter extends ProtocolEmitter {
  constructor({ schema, layout }: StoreDefinition) {
    super({ recordSizeBytes: layout.recordSizeBytes, prefix: schema.name, typed: () => '' })
  }

  emit(fields: readonly LayoutField[]): string {
    const result = fields.map((field) => this.statements(field).value)
    // A field that is asked for twice is loaded once.
    const loaded = [...new Set(fields)]
    const loop = this.read('', loaded, [`visit(${[...result, 'index'].join(', ')})`, 'break']).slice(1, -1)
    const texts = loaded.filter(({ type }) => type === 'str')
    return [
      "'use strict'",
      'const { beginRead, endRead, loadBlob, TextField } = runtime',
      ...texts.map(
        (field) => `const ${textConstant(this.context.prefix, field)} = new TextField(${field.maxBytes})`,
      ),
      'return function scan(from, to, visit) {',
      '  for (let index = from; index < to; index++) {',
      ...indent(loop),
      '  }',
      '}',
    ].join('\n')
  }
}
