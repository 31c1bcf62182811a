import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { requestedFault, startEndpoint, startPostgres } from 'neon-local'
import { runServer, stopped, usageError } from '../command/command.ts'
import { readPort, startNear } from '../command/ports.ts'
import { defaultDataDir } from '../command/settings.ts'
import { databaseName, logStatement, preferredPorts } from './local-database.ts'

const usage =
  'Usage: npm run neon:local -- [--port N] [--postgres-port N] [--data-dir DIR] ' +
  '[--postgres-url URL] [--superuser] [--cors ORIGIN]... [--log-sql] [--faults]'

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string' },
        'postgres-port': { type: 'string' },
        'data-dir': { type: 'string', default: defaultDataDir },
        'postgres-url': { type: 'string' },
        superuser: { type: 'boolean', default: false },
        cors: { type: 'string', multiple: true },
        'log-sql': { type: 'boolean', default: false },
        faults: { type: 'boolean', default: false },
      },
    })
    if (values.superuser && values['postgres-url'] !== undefined) {
      throw new TypeError('--superuser is for the PostgreSQL that this command starts itself.')
    }
    return {
      port: values.port && readPort('--port', values.port),
      postgresPort: values['postgres-port'] && readPort('--postgres-port', values['postgres-port']),
      dataDir: values['data-dir'],
      postgresUrl: values['postgres-url'],
      superuser: values.superuser,
      cors: values.cors,
      logSql: values['log-sql'],
      faults: values.faults,
    }
  } catch (error) {
    throw usageError(error, usage)
  }
}

await runServer(async (stack, stop) => {
  const options = readOptions()
  const { url, superuserUrl } =
    options.postgresUrl === undefined
      ? await startDatabase(stack, options)
      : { url: options.postgresUrl }
  stop.throwIfAborted()

  const start = (port?: number) =>
    startEndpoint({
      postgresUrl: url,
      port,
      cors: options.cors,
      ...(options.logSql && { onStatement: logStatement }),
      ...(options.faults && { chooseFault: requestedFault }),
    })
  const endpoint = await (options.port
    ? start(options.port)
    : startNear(preferredPorts.neon, start))
  stack.defer(() => endpoint.close())

  console.log(`DATABASE_URL=${url}\nNEON_ENDPOINT=${endpoint.url}`)
  if (options.superuser) {
    console.log(`SUPERUSER_URL=${superuserUrl}`)
  }
  await stopped(stop)
})

async function startDatabase(
  stack: AsyncDisposableStack,
  { postgresPort, dataDir }: ReturnType<typeof readOptions>,
): Promise<{ url: string; superuserUrl: string }> {
  const start = (port?: number) => startPostgres({ dataDir: join(dataDir, 'postgres'), port })
  const postgres = await (postgresPort
    ? start(postgresPort)
    : startNear(preferredPorts.postgres, start))
  stack.defer(() => postgres.close())
  return {
    url: await postgres.createDatabase(databaseName),
    superuserUrl: postgres.superuserUrl(databaseName),
  }
}
