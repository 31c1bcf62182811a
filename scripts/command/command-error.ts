/** The exit codes, for scripts that run a command. */
export const exitCodes = {
  failed: 1,
  /** The options or the settings are wrong. */
  configuration: 2,
  /** Another one is running. */
  locked: 3,
  /** There are migrations to apply. */
  pending: 4,
  /** The database and the folder have different histories. */
  history: 5,
  /** The feed of events goes on elsewhere, because the database was restored. */
  restarted: 6,
} as const

/** A failure that the person at the terminal can fix. Its message is a whole sentence, without secrets. */
export class CommandError extends Error {
  override name = 'CommandError' as const
  readonly exitCode: number

  constructor(message: string, exitCode: number = exitCodes.failed) {
    super(message)
    this.exitCode = exitCode
  }
}
