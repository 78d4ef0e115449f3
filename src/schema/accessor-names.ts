/** How accessor methods are named after fields, and which names are reserved. */
import { type ExtraAccessor, extraAccessorsOf, type FieldTypeName } from './field-types.ts'

export type AccessorKind = 'get' | 'set' | ExtraAccessor

/** `price` and `get` make `getPrice`, with TypeScript's `Capitalize`; `symbol` and `equals` make `symbolEquals`. */
export function accessorName(kind: AccessorKind, property: string): string {
  if (kind === 'equals') return `${property}Equals`
  return kind + property.charAt(0).toUpperCase() + property.slice(1)
}

/** The accessors of a field. */
export function accessorNames(property: string, type: FieldTypeName): string[] {
  const kinds: AccessorKind[] = ['get', 'set', ...extraAccessorsOf(type)]
  return kinds.map((kind) => accessorName(kind, property))
}

/** Members of the base classes that an accessor's name could collide with; a test keeps the list complete. */
export const RESERVED_ACCESSORS: ReadonlySet<string> = new Set(['viewField', 'getInto'])

/** Record names whose store would be named like the base class. */
export const RESERVED_RECORD_NAMES: ReadonlySet<string> = new Set(['Record'])

/** Properties that a cursor or every object has anyway: a patch without `toString` would seem to have it. */
export const RESERVED_PROPERTIES: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  'seek',
])
