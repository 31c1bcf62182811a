import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const parts = [
  'drizzle',
  'node_modules',
  'package.json',
  'packages',
  'scripts',
  'src',
  'wrangler.toml',
]

export type Project = {
  /** Starts a program of the project in its folder. */
  run(program: string, args: readonly string[], env?: Record<string, string>): Command
  write(file: string, content: string | Buffer): Promise<void>
  /** Adds a file of the project that it does not have yet. */
  link(file: string): Promise<void>
  directory: string
  remove(): Promise<void>
}

export type Command = {
  child: ChildProcess
  /** Standard output and error so far. */
  output(): string
  /** Resolves with the output once it matches; rejects with it when the command ends before. */
  prints(pattern: RegExp): Promise<string>
  /** Resolves with the exit code, or the name of the signal. */
  ended: Promise<number | string>
}

/** A folder that is the project, but for the `.dev.vars` and `.data` of whoever runs the tests. */
export async function linkProject(): Promise<Project> {
  const directory = await mkdtemp(join(tmpdir(), 'edge-users-project-'))
  for (const part of parts) {
    await symlink(resolve(part), join(directory, part))
  }
  const commands: Command[] = []
  return {
    directory,
    run: (program, args, env) => {
      const command = startCommand(directory, program, args, env)
      commands.push(command)
      return command
    },
    link: (file) => symlink(resolve(file), join(directory, file)),
    write: (file, content) => writeFile(join(directory, file), content),
    remove: async () => {
      // A test that failed has left its commands running.
      for (const { child, ended } of commands) {
        child.kill('SIGTERM')
        await ended
      }
      await rm(directory, { recursive: true, force: true })
    },
  }
}

function startCommand(
  cwd: string,
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Command {
  const { DATABASE_URL, DATABASE_URL_DIRECT, NEON_ENDPOINT, ...inherited } = process.env
  const child = spawn(program, args, {
    cwd,
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }

  return {
    child,
    output: () => output,
    prints: (pattern) =>
      new Promise((resolve, reject) => {
        const check = () => pattern.test(output) && resolve(output)
        child.stdout.on('data', check)
        child.stderr.on('data', check)
        void ended.then(() =>
          reject(new Error(`It ended before it printed ${pattern}:\n${output}`)),
        )
        check()
      }),
    ended,
  }
}
