import { startEndpoint } from '../endpoint.ts'
import { requestedFault } from '../faults.ts'
import { startPostgres } from '../postgres.ts'
import { startNear } from '../start-near.ts'
import type { Options } from './options.ts'

const usualPorts = { postgres: 5433, endpoint: 4444 }

export type Serving = {
  url: string
  endpointUrl: string
  superuserUrl: string | undefined
  /** Resolves with a sentence when PostgreSQL ends by itself. */
  failed: Promise<string>
}

type Steps = (() => Promise<void>)[]

/** Starts what the options ask for. `closing` gets what ends it, to be run from the last to the first. */
export async function serve(options: Options, closing: Steps, stop: AbortSignal): Promise<Serving> {
  const database = await openDatabase(options, closing)
  stop.throwIfAborted()
  const endpoint = await onPort(options.port, usualPorts.endpoint, (port) =>
    startEndpoint({
      postgresUrl: database.url,
      port,
      cors: options.cors,
      ...(options.logSql && { onStatement: logStatement }),
      ...(options.faults && { faults: requestedFault }),
    }),
  )
  closing.push(() => endpoint.close())
  return { ...database, endpointUrl: endpoint.url }
}

async function openDatabase(
  { postgresUrl, postgresPort, dataDir, database, superuser }: Options,
  closing: Steps,
): Promise<Omit<Serving, 'endpointUrl'>> {
  if (postgresUrl !== undefined) {
    return { url: postgresUrl, superuserUrl: undefined, failed: new Promise(() => {}) }
  }
  const postgres = await onPort(postgresPort, usualPorts.postgres, (port) =>
    startPostgres({ dataDir, port }),
  )
  closing.push(() => postgres.close())
  return {
    url: await postgres.createDatabase(database),
    superuserUrl: superuser ? postgres.superuserUrl(database) : undefined,
    failed: postgres.exited.then(() => 'PostgreSQL has ended by itself.'),
  }
}

/** On the port that was asked for, or else near the usual one. */
function onPort<Server>(
  asked: number | undefined,
  usual: number,
  start: (port?: number) => Promise<Server>,
): Promise<Server> {
  if (asked === undefined) {
    return startNear(usual, start)
  }
  return asked === 0 ? start() : start(asked)
}

/** The text of a statement holds `$1` where its values go. */
const logStatement = (statement: string, milliseconds: number) =>
  console.log(`sql ${milliseconds.toFixed(1)} ms: ${statement}`)
