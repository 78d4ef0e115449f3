/** The kinds of fields, keyed by the codec of their type. */
import { type Codec, type FieldTypeName, fieldTypeOf } from '../../schema/field-types.ts'
import { bigintKind } from './bigint.ts'
import { blobKind } from './blob.ts'
import { boolKind } from './bool.ts'
import { dateKind } from './date.ts'
import { enumKind } from './enum.ts'
import { floatKind } from './float.ts'
import { intKind } from './int.ts'
import type { Kind } from './kind.ts'
import { safeintKind } from './safeint.ts'
import { textKind } from './text.ts'

const KINDS: Readonly<Record<Codec, Kind>> = {
  bool: boolKind,
  int: intKind,
  safeint: safeintKind,
  bigint: bigintKind,
  float: floatKind,
  date: dateKind,
  enum: enumKind,
  text: textKind,
  blob: blobKind,
}

export function kindOf({ type }: { readonly type: FieldTypeName }): Kind {
  return KINDS[fieldTypeOf(type).codec]
}
