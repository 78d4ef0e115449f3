/** Whether an error tells the truth. */
import { ERROR_CODES, MmapForgeError } from '../../src/index.ts'
import { isSystemError } from '../../src/os/system-error.ts'
import { HALF_FULL } from './errnos.ts'
import type { Fault } from './seam.ts'
import { isSameErrno } from './system-errors.ts'

/** Where an error came from. */
export interface Origin {
  readonly folder: string
  readonly fault: Fault | undefined
  /** The code that is thrown though nothing fails. */
  readonly refusal: string | undefined
}

/** What is wrong with an error: it has no code, names no path, or does not say what has failed. */
export function faultsOfError(error: unknown, { folder, fault, refusal }: Origin): string[] {
  const { code, path, message } = error as { code?: unknown; path?: unknown; message?: string }
  const isOurs = error instanceof MmapForgeError && Object.hasOwn(ERROR_CODES, error.code)
  if (!isOurs && !(typeof code === 'string' && isSystemError(error, code as never))) {
    return [`it threw ${textOf(error)}, which has no code`]
  }
  const isNamed = typeof path === 'string' && path.startsWith(folder) && message?.includes(path)
  const unnamed = isNamed ? [] : [`it does not name the path: ${textOf(error)}`]
  if (code === refusal || fault === undefined) return unnamed
  return [...unnamed, ...liesOf(error, String(code), fault)]
}

/** That a file is there or is not there is an answer, from which something else may follow. */
const ANSWERS = ['ENOENT', 'EEXIST']

/** The error is that of the call that failed, or has it as its cause. */
function liesOf(error: unknown, code: string, { failure }: Fault): string[] {
  const errno = failure === HALF_FULL ? 'ENOSPC' : failure
  if (!isSameErrno(errno, errno) || ANSWERS.includes(errno)) return []
  const isCause = causesOf(error).some((cause) =>
    isSameErrno(String((cause as { code?: unknown }).code), errno),
  )
  const lies = isCause ? [] : [`${errno} is reported as ${textOf(error)}`]
  const isFull = errno === 'ENOSPC' || errno === 'EDQUOT'
  const isWrong = isFull
    ? code !== 'ERR_NO_SPACE' && code !== 'ERR_SYNC_FAILED'
    : (errno === 'EMFILE' || errno === 'ENFILE') && code !== errno
  return isWrong ? [...lies, `${errno} is reported as ${code}`] : lies
}

function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = []
  for (let each = error; each !== undefined && each !== null && causes.length < 9; ) {
    causes.push(each)
    each = (each as { cause?: unknown }).cause
  }
  return causes
}

export function textOf(error: unknown): string {
  const { name, code, message } = error as { name?: string; code?: string; message?: string }
  return `${name} ${code}: ${message}`
}
