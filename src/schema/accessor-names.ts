/** How accessor methods are named after fields, and the names that are taken. */
import { type ExtraAccessor, extraAccessorsOf, type FieldTypeName } from './field-types.ts'

export type AccessorKind = 'get' | 'set' | ExtraAccessor

/** `price` and `get` make `getPrice`: the spelling of TypeScript's `Capitalize`. `symbol` and `equals`: `symbolEquals`. */
export function accessorName(kind: AccessorKind, property: string): string {
  if (kind === 'equals') return `${property}Equals`
  return kind + property.charAt(0).toUpperCase() + property.slice(1)
}

/** The accessors of a field. */
export function accessorNames(property: string, type: FieldTypeName): string[] {
  const kinds: AccessorKind[] = ['get', 'set', ...extraAccessorsOf(type)]
  return kinds.map((kind) => accessorName(kind, property))
}

/** Members of the stores' base classes whose names an accessor could have; a test keeps the list complete. */
export const RESERVED_ACCESSORS: ReadonlySet<string> = new Set(['viewField', 'getInto'])

/** Names of records whose store would have the name of the base class. */
export const RESERVED_RECORD_NAMES: ReadonlySet<string> = new Set(['Record'])

/** Properties that a cursor, or every object, has anyway: a patch without `toString` would seem to have it. */
export const RESERVED_PROPERTIES: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  'seek',
])
