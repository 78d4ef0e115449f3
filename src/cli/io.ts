/** A command's environment, so that tests need no process. */
export interface CommandIo {
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown }
  /** The working directory, for relative paths. */
  readonly cwd: string
}

export const EXIT = {
  ok: 0,
  /** The command failed, or `--check` found outdated files. */
  failed: 1,
  /** The command line is invalid. */
  usage: 2,
} as const

/** A fault in the command line; the message says what to write instead. */
export class UsageError extends Error {}
