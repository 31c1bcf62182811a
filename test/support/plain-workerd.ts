import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { requesting, type Service } from './service.ts'

/** The one of wrangler. */
const workerd: { default: string } = createRequire(
  createRequire(import.meta.url).resolve('wrangler/package.json'),
)('workerd')

/**
 * Starts the bundled Worker in workerd alone. `startService` puts wrangler's inspector beside it,
 * which keeps some 90 kB of every request: memory can be watched here only. It has no pages.
 */
export async function startPlainWorkerd(
  workerDir: string,
  secrets: Record<string, string>,
): Promise<Pick<Service, 'url' | 'request' | 'close'>> {
  const configFile = join(workerDir, `${randomUUID()}.capnp`)
  await writeFile(configFile, configOf({ AUTH: 'open', ...secrets }))
  const child = spawn(workerd.default, ['serve', configFile, '--control-fd=3'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const url = new URL(`http://127.0.0.1:${await portOf(child.stdio[3])}`)

  return {
    url,
    request: requesting(url),
    close: async () => {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
      await rm(configFile)
    },
  }
}

async function portOf(control: unknown): Promise<number> {
  if (!(control instanceof Readable)) {
    throw new TypeError('The control pipe of workerd was expected.')
  }
  for await (const line of createInterface(control)) {
    const { event, port } = JSON.parse(line)
    if (event === 'listen') {
      return port
    }
  }
  throw new Error('workerd did not start.')
}

/** What wrangler.toml says of the runtime, and no more. */
const configOf = (bindings: Record<string, string>) => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-10-20",
  compatibilityFlags = ["nodejs_als"],
  bindings = [
    ${Object.entries(bindings)
      .map(([name, value]) => `(name = ${JSON.stringify(name)}, text = ${JSON.stringify(value)})`)
      .join(', ')},
    (name = "CF_VERSION_METADATA", json = "{\\"id\\":\\"plain\\"}"),
  ],
);
`
