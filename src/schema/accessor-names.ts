/** How accessor methods are named after fields, and the names that are taken. */
import type { FieldTypeName } from './field-types.ts'
import { isSized } from './field-types.ts'

export const ACCESSOR_KINDS = ['get', 'set', 'view'] as const
export type AccessorKind = (typeof ACCESSOR_KINDS)[number]

/** `price` and `get` make `getPrice`: the spelling of TypeScript's `Capitalize`. */
export function accessorName(kind: AccessorKind, property: string): string {
  return kind + property.charAt(0).toUpperCase() + property.slice(1)
}

/** The accessors of a field; only `str` and `bytes` have a live view. */
export function accessorNames(property: string, type: FieldTypeName): string[] {
  return ACCESSOR_KINDS.filter((kind) => kind !== 'view' || isSized(type)).map((kind) =>
    accessorName(kind, property),
  )
}

/** Members of the stores' base classes that a field's accessor could be named like; a test keeps the list complete. */
export const RESERVED_ACCESSORS: ReadonlySet<string> = new Set(['viewField'])

/** Names of records whose store would be named like the base class. */
export const RESERVED_RECORD_NAMES: ReadonlySet<string> = new Set(['Record'])
