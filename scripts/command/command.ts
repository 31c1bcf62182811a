import { once } from 'node:events'
import { NeonLocalError } from 'neon-local/errors'
import { ConfigError } from '../../src/config.ts'
import { causes, ServiceError } from '../../src/errors.ts'
import { CommandError, exitCodes } from './command-error.ts'
import { forgetShell } from './environment.ts'

// Apart, because the readers of files run in a browser as well.
export { CommandError, exitCodes }

/** Says what is wrong with the options, and how to use them. */
export const usageError = (error: unknown, usage: string) =>
  new CommandError(
    `${error instanceof Error ? error.message : error}\n${usage}`,
    exitCodes.configuration,
  )

/** Runs a command. Prints a CommandError as its sentence, and a bug with its stack. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  forgetShell()
  try {
    await command()
  } catch (error) {
    console.error(explain(error))
    process.exitCode = error instanceof CommandError ? error.exitCode : exitCodes.failed
  }
}

/** Of a failed statement only PostgreSQL's message is shown: Drizzle's repeats every value. */
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
 * Runs a command that serves until Ctrl-C. However it ends, it then closes what `serve` has put on the
 * stack, the last one first.
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
