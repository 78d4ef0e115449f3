/** What a command sees of the world around it, so that tests need no process. */
export interface CommandIo {
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown }
  /** The folder that relative paths start from. */
  readonly cwd: string
}

export const EXIT = {
  ok: 0,
  /** The command was understood and could not be done, or `--check` found something to do. */
  failed: 1,
  /** The command line makes no sense. */
  usage: 2,
} as const

/** A fault in the command line; the message says what to write instead. */
export class UsageError extends Error {}
