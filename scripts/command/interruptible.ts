import { runServer } from './command.ts'

/** What a shell reports of a program that Ctrl-C has ended. */
const interrupted = 130

/** Runs a command that tidies up at Ctrl-C, and then has not succeeded. */
export const runInterruptible = (command: (stop: AbortSignal) => Promise<void>): Promise<void> =>
  runServer((_stack, stop) => {
    stop.addEventListener('abort', () => {
      process.exitCode = interrupted
    })
    return command(stop)
  })
