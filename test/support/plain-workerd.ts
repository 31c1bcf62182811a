import { randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { requesting, type Service } from './service.ts'
import { startWorkerd } from './workerd.ts'

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
  const { port, close } = await startWorkerd(configFile)
  const url = new URL(`http://127.0.0.1:${port}`)

  return {
    url,
    request: requesting(url),
    close: async () => {
      await close()
      await rm(configFile)
    },
  }
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
