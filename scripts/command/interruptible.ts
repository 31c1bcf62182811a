import { runServer } from './command.ts'

/** The exit code of a program that Ctrl-C has ended. */
const interrupted = 130

/** Runs a command that cleans up at Ctrl-C, and then ends with that code. */
export const runInterruptible = (command: (stop: AbortSignal) => Promise<void>): Promise<void> =>
  runServer((_stack, stop) => {
    stop.addEventListener('abort', () => {
      process.exitCode = interrupted
    })
    return command(stop)
  })
