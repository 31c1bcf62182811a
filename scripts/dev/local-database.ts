import { startEndpoint, startNear } from 'neon-local'
import { isLoopback, type Settings } from '../command/settings.ts'

/** What `npm run dev` and `npm run neon:local` serve, and where, as long as the ports are free. */
export const databaseName = 'edge_users'
export const preferredPorts = { postgres: 5433, neon: 4444 }

/**
 * Settings with which the Neon driver reaches the database: in front of a PostgreSQL of this machine
 * that has no endpoint yet, one is started.
 */
export async function reachable(
  stack: AsyncDisposableStack,
  settings: Settings,
  logSql = false,
): Promise<Settings> {
  if (settings.NEON_ENDPOINT !== undefined || !isLoopback(settings.DATABASE_URL)) {
    return settings
  }
  const endpoint = await startNear(preferredPorts.neon, (port) =>
    startEndpoint({
      postgresUrl: settings.DATABASE_URL,
      port,
      ...(logSql && { onStatement: logStatement }),
    }),
  )
  stack.defer(() => endpoint.close())
  return { ...settings, NEON_ENDPOINT: endpoint.url }
}

/** The text of a statement holds `$1` where its values go. */
const logStatement = (statement: string, milliseconds: number) =>
  console.log(`sql ${milliseconds.toFixed(1)} ms: ${statement}`)
