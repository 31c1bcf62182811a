import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startEndpoint } from '../neon-local/endpoint.ts'
import { requestedFault } from '../neon-local/faults.ts'
import { startPostgres } from '../neon-local/postgres.ts'
import { runServer, stopped, usageError } from './command.ts'
import { databaseName, logStatement, preferredPorts } from './local-database.ts'
import { readPort, startNear } from './ports.ts'
import { defaultDataDir } from './settings.ts'

const usage =
  'Usage: npm run neon:local -- [--port N] [--postgres-port N] [--data-dir DIR] ' +
  '[--postgres-url URL] [--log-sql] [--faults]'

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string' },
        'postgres-port': { type: 'string' },
        'data-dir': { type: 'string', default: defaultDataDir },
        'postgres-url': { type: 'string' },
        'log-sql': { type: 'boolean', default: false },
        faults: { type: 'boolean', default: false },
      },
    })
    return {
      port: values.port && readPort('--port', values.port),
      postgresPort: values['postgres-port'] && readPort('--postgres-port', values['postgres-port']),
      dataDir: values['data-dir'],
      postgresUrl: values['postgres-url'],
      logSql: values['log-sql'],
      faults: values.faults,
    }
  } catch (error) {
    throw usageError(error, usage)
  }
}

await runServer(async (stack, stop) => {
  const options = readOptions()
  const postgresUrl = options.postgresUrl ?? (await startDatabase(stack, options))
  stop.throwIfAborted()

  const start = (port?: number) =>
    startEndpoint({
      postgresUrl,
      port,
      ...(options.logSql && { onStatement: logStatement }),
      ...(options.faults && { chooseFault: requestedFault }),
    })
  const endpoint = await (options.port
    ? start(options.port)
    : startNear(preferredPorts.neon, start))
  stack.defer(() => endpoint.close())

  console.log(`DATABASE_URL=${postgresUrl}\nNEON_ENDPOINT=${endpoint.url}`)
  await stopped(stop)
})

async function startDatabase(
  stack: AsyncDisposableStack,
  { postgresPort, dataDir }: ReturnType<typeof readOptions>,
): Promise<string> {
  const start = (port?: number) => startPostgres({ dataDir: join(dataDir, 'postgres'), port })
  const postgres = await (postgresPort
    ? start(postgresPort)
    : startNear(preferredPorts.postgres, start))
  stack.defer(() => postgres.close())
  return postgres.createDatabase(databaseName)
}
