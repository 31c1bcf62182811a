import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { NeonLocalError } from '../errors.ts'

/** Runs a program in this terminal. Resolves with its exit code, as a shell would give it. */
export async function runProgram(
  [program, ...args]: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  // On Windows, npm and its like are scripts for the shell.
  const child = spawn(program, args, { env, stdio: 'inherit', shell: process.platform === 'win32' })
  const pass = (signal: NodeJS.Signals) => void child.kill(signal)
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, pass)
  }
  // Ctrl-C reaches the program by itself.
  if (!process.stdin.isTTY) {
    process.on('SIGINT', pass)
  }
  const [code, signal] = await once(child, 'exit').catch((error: Error) => {
    throw new NeonLocalError(`${program} cannot be run: ${error.message}.`)
  })
  return signal === null ? code : 128 + constants.signals[signal as NodeJS.Signals]
}
