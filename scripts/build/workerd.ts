// biome-ignore lint/style/noRestrictedImports: command/child.ts waits for the end of a program; workerd serves until it is told to end.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { CommandError } from '../command/command.ts'
import { wrangler } from '../command/wrangler.ts'
import type { Runtime } from './runtime.ts'

/** The one of wrangler. */
const { default: program }: { default: string } = createRequire(wrangler)('workerd')

export const workerdVersion = () =>
  execFileSync(program, ['--version'], { encoding: 'utf8' })
    .trim()
    .replace(/^workerd /, '')

export type Workerd = { url: URL; pid: number; inspectorPort: number | undefined }

export type WorkerdOptions = {
  /** The bundle. */
  main: string
  /** What is asked in its place: the source of a module that may import `./bundle`. */
  entry?: string | undefined
  runtime: Runtime
  variables: Record<string, string>
  /** Bindings that are an object. */
  objects?: Record<string, object>
  /** A folder for the binding ASSETS. */
  assets?: string | undefined
  /** Bindings whose `limit()` has always room. */
  limits?: readonly string[]
  /** It costs CPU and memory of every request. */
  hasInspector?: boolean
}

/** Starts a bundle in workerd alone, which logs to nowhere. Throws CommandError. */
export async function startWorkerd(
  stack: AsyncDisposableStack,
  options: WorkerdOptions,
): Promise<Workerd> {
  const configFile = join(dirname(options.main), 'workerd.capnp')
  await writeFile(configFile, configOf(options))
  const inspector = options.hasInspector ? ['--inspector-addr=127.0.0.1:0'] : []
  const child = spawn(program, ['serve', configFile, '--control-fd=3', ...inspector], {
    // Ctrl-C is for this process, which stops the others in order.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit')
  stack.defer(async () => {
    child.kill('SIGTERM')
    await exited
  })
  let words = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = `${words}${text}`.slice(-2_000)
  })

  const ports = await portsOf(child.stdio[3], options.hasInspector)
  if (ports === undefined || child.pid === undefined) {
    throw new CommandError(`workerd did not start ${basename(options.main)}:\n${words}`)
  }
  return {
    url: new URL(`http://127.0.0.1:${ports.http}`),
    pid: child.pid,
    inspectorPort: ports.inspector,
  }
}

/** Undefined when workerd ends before it listens. */
async function portsOf(control: unknown, hasInspector = false) {
  if (!(control instanceof Readable)) {
    throw new TypeError('The control pipe of workerd was expected.')
  }
  let http: number | undefined
  let inspector: number | undefined
  for await (const line of createInterface(control)) {
    const { event, port } = JSON.parse(line)
    if (event === 'listen-inspector') {
      inspector = port
    } else if (event === 'listen') {
      http = port
    }
    if (http !== undefined && (inspector !== undefined || !hasInspector)) {
      return { http, inspector }
    }
  }
  return undefined
}

const quote = (text: string) => JSON.stringify(text)

// workerd has no rate limits of its own. A wrapped binding is called as the platform's is, inside
// the isolate; another Worker that answers would cost the process a request of its own.
const limiter = 'export default () => ({ limit: async () => ({ success: true }) })'

const configOf = ({
  main,
  entry,
  runtime,
  variables,
  objects = {},
  assets,
  limits = [],
}: WorkerdOptions) => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["public", "private", "local"])),
    ${assets === undefined ? '' : `(name = "assets", disk = (path = ${quote(assets)})),`}
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
  extensions = [(modules = [(name = "always:room", internal = true, esModule = ${quote(limiter)})])],
);
const worker :Workerd.Worker = (
  modules = [
    ${entry === undefined ? '' : `(name = "entry", esModule = ${quote(entry)}),`}
    (name = "bundle", esModule = embed ${quote(basename(main))}),
  ],
  compatibilityDate = ${quote(runtime.date)},
  compatibilityFlags = [${runtime.flags.map(quote).join(', ')}],
  bindings = [
    ${[
      ...Object.entries(variables).map(
        ([name, value]) => `(name = ${quote(name)}, text = ${quote(value)})`,
      ),
      ...Object.entries(objects).map(
        ([name, value]) => `(name = ${quote(name)}, json = ${quote(JSON.stringify(value))})`,
      ),
      ...limits.map((name) => `(name = ${quote(name)}, wrapped = (moduleName = "always:room"))`),
      ...(assets === undefined ? [] : ['(name = "ASSETS", service = "assets")']),
    ].join(',\n    ')}
  ],
);
`
