import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { startInTerminal } from '../command/child.ts'

const main = createRequire(import.meta.url).resolve('drizzle-kit')

/** Runs drizzle-kit in this terminal, where it may ask. Resolves with how it ended. */
export async function runDrizzleKit(args: readonly string[]): Promise<number | string> {
  const child = startInTerminal(process.execPath, [join(dirname(main), 'bin.cjs'), ...args])
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => child.kill(signal))
  }
  const [code, signal] = await once(child, 'exit')
  return code ?? signal
}
