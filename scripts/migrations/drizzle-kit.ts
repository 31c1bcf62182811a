import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const main = createRequire(import.meta.url).resolve('drizzle-kit')

/** Runs drizzle-kit in this terminal, where it may ask. Resolves with how it ended. */
export async function runDrizzleKit(args: readonly string[]): Promise<number | string> {
  const child = spawn(process.execPath, [join(dirname(main), 'bin.cjs'), ...args], {
    stdio: 'inherit',
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => child.kill(signal))
  }
  const [code, signal] = await once(child, 'exit')
  return code ?? signal
}
