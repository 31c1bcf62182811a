import { type ChildProcess, execFile, type SpawnOptions, spawn } from 'node:child_process'
import { promisify } from 'node:util'
import { type Environment, personsEnvironment, plainEnvironment } from './environment.ts'

export type { ChildProcess, StdioOptions } from 'node:child_process'

type RunOptions = {
  env?: Environment
  signal?: AbortSignal | undefined
  timeout?: number
  /** What it reads; nothing by default. */
  input?: string | undefined
}

/** Runs a program to its end. Resolves with what it printed, which is the same in every shell. */
export function runChild(
  program: string,
  args: readonly string[],
  { input, env, ...options }: RunOptions = {},
) {
  const running = promisify(execFile)(program, args, {
    ...options,
    env: plainEnvironment(env),
    maxBuffer: 2 ** 26,
  })
  running.child.stdin?.end(input)
  return running
}

/** Starts a program whose words a command reads. */
export const startChild = (
  program: string,
  args: readonly string[],
  { env, ...options }: Omit<SpawnOptions, 'env'> & { env?: Environment },
): ChildProcess => spawn(program, args, { ...options, env: plainEnvironment(env) })

/** Starts a program that a person uses in this terminal. */
export const startInTerminal = (
  program: string,
  args: readonly string[],
  env: Environment = {},
): ChildProcess => spawn(program, args, { stdio: 'inherit', env: personsEnvironment(env) })
