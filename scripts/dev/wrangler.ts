import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { type ChildProcess, type StdioOptions, startChild } from '../command/child.ts'
import { CommandError } from '../command/command.ts'
import type { Environment } from '../command/environment.ts'
import { quietWrangler } from '../command/wrangler.ts'

export type WranglerDev = {
  /** Resolves with its address when it serves; rejects with CommandError when it ends before that. */
  ready: Promise<URL>
  /** Resolves with a sentence when wrangler or the Worker's runtime ends by itself. */
  failed: Promise<string>
  close(): Promise<void>
}

/** wrangler's own lines of a request, which repeat the service's and show the query string. */
const requestLine =
  /^\[wrangler:info\] [A-Z]+ \/|Error inside ProxyWorker|[A-Z]+ https?:\/\/\S+ \(failed/

/** wrangler starts it again, but it is not reliable after that. */
const runtimeCrash = /Workers runtime crashed/

export type WranglerDevOptions = {
  /** Files with the Worker's variables; later ones override earlier ones. */
  envFiles: readonly string[]
  /** Where wrangler may put what it does not always remove. */
  temporaryDir: string
  /** Gets what the Worker logs, and what wrangler says of changed code. */
  onLine: (line: string) => void
}

const program = join(import.meta.dirname, 'wrangler-process.ts')

/** Starts wrangler for this machine alone, on a free port. */
export function startWranglerDev(options: WranglerDevOptions): WranglerDev {
  const { envFiles, temporaryDir, onLine } = options
  const child = spawnGroup(process.execPath, [program, ...envFiles], {
    ...quietWrangler,
    TMPDIR: temporaryDir,
  })
  const exited = once(child, 'exit').catch(() => {})
  const ready = Promise.withResolvers<URL>()
  const failed = Promise.withResolvers<string>()
  const startOutput: string[] = []
  let isServing = false
  let hasBuildFailed = false

  const read = (line: string) => {
    if (runtimeCrash.test(line)) {
      failed.resolve('workerd, the runtime of the Worker, has crashed.')
    } else if (!isServing) {
      startOutput.push(line)
      const [, url] = /Ready on (http\S+)/.exec(line) ?? []
      isServing = url !== undefined
      if (url !== undefined) {
        ready.resolve(new URL(url))
      }
      hasBuildFailed ||= line.includes('Build failed')
      // wrangler then waits until the file is corrected, so show where the mistake is.
      if (hasBuildFailed && !isServing) {
        onLine(line)
      }
    } else if (line.trim() !== '' && !requestLine.test(line)) {
      onLine(line)
    }
  }
  readLines(child.stdout, read)
  readLines(child.stderr, read)
  void exited.then(() => {
    const output = startOutput.join('\n')
    ready.reject(new CommandError(`${output}\nThe Worker did not start: see above.`))
    failed.resolve('wrangler dev has ended by itself.')
  })
  return { ready: ready.promise, failed: failed.promise, close: () => stop(child, exited) }
}

// The pipe on descriptor 3 breaks when this process dies, even of `kill -9`: then the group dies too.
const dieWithParent = '(cat <&3; kill -KILL 0) >/dev/null 2>&1 & exec "$@" 3<&-'

/** A process group of its own: Ctrl-C must reach this command alone, which stops parts in order. */
function spawnGroup(program: string, args: readonly string[], env: Environment) {
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', 'pipe']

  return process.platform === 'win32'
    ? startChild(program, args, { env, stdio })
    : startChild('/bin/sh', ['-c', dieWithParent, 'sh', program, ...args], {
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
