import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEndpoint, startPostgres } from 'neon-local'
import { runServer, stopped } from '../scripts/command/command.ts'
import { startCloudflare } from './support/cloudflare.ts'

/**
 * What a deploy meets at Neon and Cloudflare, on this machine: an empty database, and the part of
 * Cloudflare that the tests of the deploy use. For docs/deploying.md, before there is an account.
 */
await runServer(async (stack, stop) => {
  const folder = await mkdtemp(join(tmpdir(), 'edge-users-rehearsal-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  // For root, PostgreSQL runs as another user.
  await chmod(folder, 0o777)
  process.env['TMPDIR'] = folder
  const postgres = await startPostgres()
  stack.defer(() => postgres.close())
  const endpoint = await startEndpoint({ postgresUrl: postgres.url })
  stack.defer(() => endpoint.close())
  const cloudflare = await startCloudflare({ neonEndpoint: endpoint.url })
  stack.defer(() => cloudflare.close())
  const databaseUrl = await postgres.createDatabase('edge_users')
  stop.throwIfAborted()

  const { CLOUDFLARE_ACCOUNT_ID, CLOUDFLARE_API_TOKEN } = cloudflare.env
  console.log(`In another terminal, in a clone of this repository:

export DATABASE_URL_DIRECT=${databaseUrl}
export CLOUDFLARE_ACCOUNT_ID=${CLOUDFLARE_ACCOUNT_ID}
export CLOUDFLARE_API_TOKEN=${CLOUDFLARE_API_TOKEN}
export CLOUDFLARE_API_BASE_URL=${cloudflare.apiUrl}
export URL=${cloudflare.url.origin}

The host of the database, for wrangler.toml, is ${new URL(databaseUrl).host}. Deploy with --url $URL.
Ctrl-C ends it, and forgets everything.`)
  await stopped(stop)
})
