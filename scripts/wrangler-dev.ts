import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { CommandError } from './command.ts'
import { quietWrangler, wrangler } from './wrangler.ts'

export type WranglerDev = {
  /** Resolves when it serves; rejects with CommandError when it ends before that. */
  ready: Promise<void>
  /** Resolves when it ends, by itself or by `close`. */
  exited: Promise<unknown>
  close(): Promise<void>
}

/** wrangler's own line of a request, which repeats the service's and shows the query string. */
const requestLine = /^\[wrangler:info\] [A-Z]+ \//

export type WranglerDevOptions = {
  port: number
  /** Hold the Worker's variables, later files above earlier ones. */
  envFiles: readonly string[]
  /** Where wrangler may put what it does not always remove. */
  temporaryDir: string
  /** Gets what the Worker logs, and what wrangler says of changed code. */
  onLine: (line: string) => void
}

/** Starts `wrangler dev` for this machine alone. */
export function startWranglerDev(options: WranglerDevOptions): WranglerDev {
  const { port, envFiles, temporaryDir, onLine } = options
  const args = ['dev', '--port', String(port), '--show-interactive-dev-session=false']
  const child = spawnGroup(
    process.execPath,
    [wrangler, ...args, ...envFiles.flatMap((file) => ['--env-file', file])],
    { ...process.env, ...quietWrangler, TMPDIR: temporaryDir },
  )
  const exited = once(child, 'exit')
  const ready = Promise.withResolvers<void>()
  const startOutput: string[] = []
  let isServing = false

  const read = (line: string) => {
    if (!isServing) {
      startOutput.push(line)
      isServing = line.includes('Ready on http')
    } else if (line.trim() !== '' && !requestLine.test(line)) {
      onLine(line)
    }
    if (isServing) {
      ready.resolve()
    }
  }
  readLines(child.stdout, read)
  readLines(child.stderr, read)
  void exited.then(() =>
    ready.reject(
      new CommandError(`${startOutput.join('\n')}\nThe Worker did not start: see above.`),
    ),
  )
  return { ready: ready.promise, exited, close: () => stop(child, exited) }
}

// The pipe on descriptor 3 breaks when this process dies, even of `kill -9`: then the group dies too.
const dieWithParent = '(cat <&3; kill -KILL 0) >/dev/null 2>&1 & exec "$@" 3<&-'

/** A process group of its own: Ctrl-C must reach this command alone, which stops parts in order. */
function spawnGroup(program: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', 'pipe']

  return process.platform === 'win32'
    ? spawn(program, args, { env, stdio })
    : spawn('/bin/sh', ['-c', dieWithParent, 'sh', program, ...args], {
        env,
        stdio,
        detached: true,
      })
}

const readLines = (stream: Readable | null, read: (line: string) => void) => {
  if (stream) {
    createInterface({ input: stream }).on('line', read)
  }
}

const graceMs = 3_000

async function stop(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  signalGroup(child, 'SIGTERM')
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs)
  await exited
  clearTimeout(timer)
  // workerd is a child of wrangler's and outlives one that was killed.
  signalGroup(child, 'SIGKILL')
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-Number(child.pid), signal)
  } catch {
    // The group has ended already, or this is Windows, which has none.
    child.kill(signal)
  }
}
