import { type Finding, fault, ok } from './finding.ts'

const limitMs = 3_000

/** Whether there is an endpoint at all. It is sent no password. */
export async function checkEndpoint(endpoint: string): Promise<Finding[]> {
  const { origin, pathname } = new URL(endpoint)
  const address = `${origin}${pathname}`
  try {
    const signal = AbortSignal.timeout(limitMs)
    const { ok, headers } = await fetch(address, { method: 'OPTIONS', signal })
    return ok && headers.has('Neon-Request-Id')
      ? []
      : [
          fault(
            'endpoint',
            `What answers at NEON_ENDPOINT (${address}) is no Neon endpoint. Set it to what ` +
              '`npm run neon:local` prints, which ends in /sql.',
          ),
        ]
  } catch {
    return [
      fault(
        'endpoint',
        `Nothing answers at NEON_ENDPOINT (${address}). Start it with \`npm run neon:local\`, or ` +
          'remove NEON_ENDPOINT: `npm run dev` starts one of its own.',
      ),
    ]
  }
}

/** Whether the Worker gets from there to a database that PostgreSQL itself has let it into. */
export async function checkWay(url: string, endpoint: string): Promise<Finding[]> {
  const { createDatabase } = await import('../../src/db/connection.ts')
  try {
    await createDatabase({ url, endpoint }).run({ sql: 'select 1', params: [] })
    return [ok('endpoint', 'The Worker reaches the database through NEON_ENDPOINT.')]
  } catch {
    return [
      fault(
        'endpoint',
        'PostgreSQL answers, but not through NEON_ENDPOINT, which leads to another server. Start it ' +
          `with \`npm run neon:local -- --postgres-url postgresql://${new URL(url).host}\`.`,
      ),
    ]
  }
}
