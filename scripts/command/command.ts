import { once } from 'node:events'
import { NeonLocalError } from '../../neon-local/errors.ts'
import { ConfigError } from '../../src/config.ts'
import { causes, ServiceError } from '../../src/errors.ts'

/** What a script that runs a command can tell apart. */
export const exitCodes = {
  failed: 1,
  /** The options or the settings are wrong. */
  configuration: 2,
  /** Another one is at work. */
  locked: 3,
  /** There are migrations to apply. */
  pending: 4,
  /** The database and the folder tell different histories. */
  history: 5,
} as const

/** What the person at the terminal can mend. Its message is a whole sentence and holds no secret. */
export class CommandError extends Error {
  override name = 'CommandError' as const
  readonly exitCode: number

  constructor(message: string, exitCode: number = exitCodes.failed) {
    super(message)
    this.exitCode = exitCode
  }
}

/** What is wrong with the options, and how they go. */
export const usageError = (error: unknown, usage: string) =>
  new CommandError(
    `${error instanceof Error ? error.message : error}\n${usage}`,
    exitCodes.configuration,
  )

/** Runs a command. A failure that can be mended is printed as its sentence, a bug with its stack. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command()
  } catch (error) {
    console.error(explain(error))
    process.exitCode = error instanceof CommandError ? error.exitCode : exitCodes.failed
  }
}

/** Of a failed statement only PostgreSQL's words: Drizzle's repeat every value. */
function explain(error: unknown): unknown {
  for (const cause of causes(error)) {
    if (isExpected(cause)) {
      return cause.message
    }
    if ('code' in cause && typeof cause.code === 'string' && 'constraint' in cause) {
      return `PostgreSQL refused a statement: ${cause.message} (${cause.code}).`
    }
  }
  return error
}

/**
 * Runs a command that serves until Ctrl-C, and closes at its end, however it comes, what `serve`
 * has put on the stack: last started, first stopped.
 */
export async function runServer(
  serve: (stack: AsyncDisposableStack, stop: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => stop.abort())
  }
  await runCommand(async () => {
    await using stack = new AsyncDisposableStack()
    await serve(stack, stop.signal).catch((error: unknown) => {
      if (error !== stop.signal.reason) {
        throw error
      }
    })
  })
  process.exit()
}

/** Rejects with the signal's reason at Ctrl-C. */
export async function stopped(stop: AbortSignal): Promise<never> {
  if (!stop.aborted) {
    await once(stop, 'abort')
  }
  throw stop.reason
}

const expected = [CommandError, ConfigError, NeonLocalError, ServiceError]

const isExpected = (error: Error) => expected.some((kind) => error instanceof kind)
