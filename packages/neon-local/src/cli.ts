import { setPostgresVariablesAside } from './cli/environment.ts'
import { type Mode, type Options, readOptions, standalone, UsageError } from './cli/options.ts'
import { hint, variablesOf } from './cli/printed.ts'
import { runProgram } from './cli/program.ts'
import { type Serving, serve } from './cli/serve.ts'
import { NeonLocalError } from './errors.ts'

const exitCodes = { done: 0, failed: 1, wrongOptions: 2, interrupted: 130 }

/**
 * Does what the command `neon-local` does, to its end, and resolves with the exit code. A project
 * that wraps the command gives it its own name and its own defaults.
 */
export async function runCli(args: readonly string[], mode: Mode = standalone): Promise<number> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => stop.abort())
  }
  const closing: (() => Promise<void>)[] = []
  let isForProgram = false
  try {
    const asked = readOptions(args, mode)
    if ('text' in asked) {
      console.log(asked.text)
      return exitCodes.done
    }
    isForProgram = asked.program !== undefined
    const environment = setPostgresVariablesAside()
    const serving = await serve(asked, closing, stop.signal)
    return await whileServing(serving, asked, environment, stop.signal)
  } catch (error) {
    if (error === stop.signal.reason && stop.signal.aborted) {
      // A program that never ran must not pass for one that went well.
      return isForProgram ? exitCodes.interrupted : exitCodes.done
    }
    const isExpected = error instanceof NeonLocalError || error instanceof UsageError
    console.error(isExpected ? error.message : error)
    return error instanceof UsageError ? exitCodes.wrongOptions : exitCodes.failed
  } finally {
    for (const close of closing.reverse()) {
      await close()
    }
  }
}

/** Until the program has ended, or without one until Ctrl-C. */
async function whileServing(
  serving: Serving,
  { program, quiet }: Options,
  environment: NodeJS.ProcessEnv,
  stop: AbortSignal,
): Promise<number> {
  const variables = variablesOf(serving)
  if (program) {
    return await runProgram(program, { ...environment, ...variables })
  }
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}`)
  console.log([...lines, ...(quiet ? [] : hint(serving))].join('\n'))
  const stopped = new Promise<never>((_, reject) => {
    stop.addEventListener('abort', () => reject(stop.reason))
  })
  stop.throwIfAborted()
  throw new NeonLocalError(await Promise.race([serving.failed, stopped]))
}
