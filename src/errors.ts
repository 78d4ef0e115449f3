/**
 * Every error that mmapforge itself raises, and when. Errors of the file system (`ENOENT`, `EACCES`, `EEXIST`, …)
 * pass through as the runtime gives them.
 */
export const ERROR_CODES = {
  /** The file was written for another schema, or the same fields in another order. */
  ERR_SCHEMA_MISMATCH: 'the file and the schema disagree',
  /** An index that is not an integer from 0 to `length - 1`. */
  ERR_OUT_OF_BOUNDS: 'no such record',
  /** The file contradicts itself: cut short, a count above what it holds, a length above the field's maximum. */
  ERR_CORRUPTED: 'the file is damaged',
  /** The file does not start with the magic of the format; or a file beside the store is another program's. */
  ERR_BAD_MAGIC: 'not an mmapforge file',
  /** A format version that this release does not read. */
  ERR_UNSUPPORTED_VERSION: 'unknown format version',
  /** A string whose UTF-8 form is longer than its field. */
  ERR_STRING_TOO_LONG: 'string too long',
  /** Bytes longer than their field. */
  ERR_BYTES_TOO_LONG: 'bytes too long',
  /** A value of the right type that its field can't hold: 300 in a uint8, 1.5 in an int32, a lone surrogate. */
  ERR_VALUE_OUT_OF_RANGE: 'value out of range',
  /** A write to a store that was opened with `readOnly`. */
  ERR_READ_ONLY: 'the store is read-only',
  /** Any use of a store after `close()`. */
  ERR_CLOSED: 'the store is closed',
  /** A bool field that holds a byte other than 0 and 1. */
  ERR_INVALID_BOOL: 'not a bool',
  /** A value of the wrong type: a number where a bigint belongs, a missing field, an unknown option. */
  ERR_TYPE_MISMATCH: 'wrong type',
  /** Another process or thread holds the store open for writing. */
  ERR_LOCKED: 'the store is locked',
  /** A record stayed mid-write, or kept changing, for longer than `stallTimeoutMs`. */
  ERR_WRITER_STALLED: 'a writer stalled',
  /** The store's file was deleted, or moved, or another one has taken its place. */
  ERR_REPLACED: 'the file is another one, or gone',
  /** What was waited for did not come within `timeoutMs`. */
  ERR_TIMEOUT: 'the time ran out',
  /** The disk, or the memory, can't hold the growth. Nothing was changed. */
  ERR_NO_SPACE: 'no space left',
  /** The disk did not take all that was stored, now or at an earlier sync of the same store. */
  ERR_SYNC_FAILED: 'not brought to stable storage',
  /** The file, or the store, is larger than this runtime can map. */
  ERR_TOO_LARGE: 'too large to map',
  /** A schema that can't be: no fields, a duplicate name, a size out of range. */
  ERR_INVALID_SCHEMA: 'invalid schema',
  /** A call on a store from code that the same store is in the middle of calling. */
  ERR_REENTRANT: 'call within a call',
  /** Memory mapping is not available on this platform or runtime. `:memory:` stores still work. */
  ERR_UNSUPPORTED_PLATFORM: 'platform not supported',
} as const

/** One of the codes of {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES

/** Where an error arose; each part is there when it is known. */
export interface ErrorContext {
  /** The store's path, or `:memory:`. */
  readonly path?: string | undefined
  /** The index of the record. */
  readonly record?: number | undefined
  /** The property name of the field. */
  readonly field?: string | undefined
  /** The error that this one explains. */
  readonly cause?: unknown
}

/**
 * The one error class of mmapforge: `code` tells what happened, `message` names file, record, field and values and says
 * what to do.
 *
 * @example
 * try { ticks.setPrice(9, 1) } catch (error) {
 *   if (error instanceof MmapForgeError && error.code === 'ERR_OUT_OF_BOUNDS') …
 * }
 */
export class MmapForgeError extends Error {
  readonly code: ErrorCode
  readonly path: string | undefined
  readonly record: number | undefined
  readonly field: string | undefined

  constructor(code: ErrorCode, message: string, context: ErrorContext = {}) {
    super(locate(message, context), context.cause === undefined ? undefined : { cause: context.cause })
    this.name = 'MmapForgeError'
    this.code = code
    this.path = context.path
    this.record = context.record
    this.field = context.field
  }
}

/**
 * Whether an error is of a class that the language has, by its name: in `node:vm` contexts, and so under Jest, the classes
 * of what throws need not be those that are in force here.
 */
export function isBuiltInError(error: unknown, name: 'RangeError' | 'SyntaxError' | 'TypeError'): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === name
}

/** Puts the place before the message: `ticks.mmf, record 3, field "price": …`. */
function locate(message: string, { path, record, field }: ErrorContext): string {
  const place = [
    path,
    record === undefined ? undefined : `record ${record}`,
    field === undefined ? undefined : `field "${field}"`,
  ].filter((part) => part !== undefined)
  return place.length === 0 ? message : `${place.join(', ')}: ${message}`
}

/** Whether options, or what else has named properties, can be read from a value. From an array too, but by mistake. */
export function isObject<T>(value: T): value is T & Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Shows a value of any type in a message, shortened, never throwing. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  if (typeof value === 'bigint') return `${value}n`
  if (Object.is(value, -0)) return '-0'
  if (typeof value === 'object' && value !== null) return `an object of type ${className(value)}`
  if (typeof value === 'function') return 'a function'
  return String(value)
}

function className(value: object): string {
  try {
    return Object.prototype.toString.call(value).slice('[object '.length, -1)
  } catch {
    // It runs the object's own code, and looks into proxies, revoked ones too.
    return 'Object'
  }
}
