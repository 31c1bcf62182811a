import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { CommandError, runServer, stopped, usageError } from '../command/command.ts'
import { isFree, readPort } from '../command/ports.ts'
import '../command/quick-imports.ts'
import { allowedOrigins, defaultDataDir, isLoopback } from '../command/settings.ts'
import { createKey } from '../keys/key.ts'
import type { DevDatabase, DevOptions } from './database.ts'
import { ownFolder, writeVariables } from './folder.ts'
import { startFront } from './front.ts'
import { startWranglerDev } from './wrangler.ts'

const usage = 'Usage: npm run dev -- [--port N] [--data-dir DIR] [--no-seed] [--log-sql] [--auth]'

function readOptions(): DevOptions & { port: number; auth: boolean } {
  try {
    const { values } = parseArgs({
      allowNegative: true,
      options: {
        port: { type: 'string', default: '8787' },
        'data-dir': { type: 'string', default: defaultDataDir },
        seed: { type: 'boolean', default: true },
        'log-sql': { type: 'boolean', default: false },
        auth: { type: 'boolean', default: false },
      },
    })
    return {
      port: readPort('--port', values.port),
      dataDir: values['data-dir'],
      seed: values.seed,
      logSql: values['log-sql'],
      auth: values.auth,
    }
  } catch (error) {
    throw usageError(error, usage)
  }
}

/** Starts everything, then waits for Ctrl-C or for the first part that ends by itself. */
async function serve(stack: AsyncDisposableStack, stop: AbortSignal): Promise<void> {
  const { port, auth, ...options } = readOptions()
  if (!(await isFree(port))) {
    throw new CommandError(
      `Port ${port} is taken. Stop what uses it, or choose another: npm run dev -- --port ${port + 1}`,
    )
  }
  // It takes its time to load, and wrong options need none of it.
  const { openDevDatabase } = await import('./database.ts')
  const database = await openDevDatabase(stack, options)
  stop.throwIfAborted()

  const folder = await ownFolder(stack, options.dataDir)
  const key = auth ? createKey() : undefined
  const secret = randomBytes(32).toString('base64url')
  const wrangler = startWranglerDev({
    envFiles: await writeVariables(folder, database.settings, secret, key),
    temporaryDir: folder,
    onLine: console.log,
  })
  stack.defer(() => wrangler.close())
  const ended = Promise.race([database.failed, wrangler.failed, stopped(stop)])

  const target = await Promise.race([wrangler.ready, ended.then(stopTheRest)])
  const front = await startFront({ port, target, secret, origins: allowedOrigins() })
  stack.defer(() => front.close())
  console.log(banner(port, database, key))

  stopTheRest(await ended)
}

function stopTheRest(ended: string): never {
  throw new CommandError(`${ended} The rest was stopped too. Start \`npm run dev\` again.`)
}

const banner = (port: number, { settings, ownerUrl, hint }: DevDatabase, key?: string) =>
  [
    `  api       http://localhost:${port}`,
    `  docs      http://localhost:${port}/docs`,
    `  console   http://localhost:${port}/console`,
    `  postgres  ${presentable(ownerUrl)}`,
    settings.NEON_ENDPOINT && `  neon      ${settings.NEON_ENDPOINT}`,
    key && `  key       ${key}  (for this run, with every scope)`,
    hint,
  ]
    .filter(Boolean)
    .join('\n')

/** With the password only on this machine, where a local user must be able to connect. */
const presentable = (url: string) =>
  isLoopback(url) ? url : Object.assign(new URL(url), { password: '' }).href

await runServer(serve)
