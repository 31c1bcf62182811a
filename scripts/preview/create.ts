import type { ApiKey } from '../../src/config.ts'
import { scopes } from '../../src/resources.ts'
import { readEnvironments } from '../deploy/environments.ts'
import { createKey, digestOf } from '../keys/key.ts'
import { applyMigrations } from '../migrations/apply.ts'
import { makeWorkerRole } from '../postgres/worker-role.ts'
import { databaseOfPreview, pooledUrl } from './database.ts'
import { waitUntilReady } from './ready.ts'
import { withSecretsFile } from './secrets-file.ts'
import { uploadPreview } from './wrangler.ts'

/** In the database of a Preview there may be a copy of production's role: its password stays. */
const roleName = 'users_preview'

/** Migrates the database of the Preview, uploads it, and prints its address. Throws CommandError. */
export async function createPreview(name: string): Promise<void> {
  const ownerUrl = databaseOfPreview(readEnvironments())
  await applyMigrations(ownerUrl, {
    onApplied: (tag) => console.error(`  ${tag}`),
    onRetry: (failure) => console.error(`${failure}\nTrying again.`),
  })
  const key = createKey()
  const entry: ApiKey = { name: 'preview', digest: digestOf(key), scopes: [...scopes] }
  const secrets = {
    DATABASE_URL: pooledUrl(await makeWorkerRole(ownerUrl, roleName)),
    API_KEYS: JSON.stringify([entry]),
  }

  const { url, uploadUrl } = await withSecretsFile(secrets, (file) => uploadPreview(name, file))
  await waitUntilReady(uploadUrl)

  console.log(url)
  // A log of CI is kept, and often public.
  if (!process.env['CI']) {
    console.log(key)
    console.error('The key is shown this once, and is good until the next preview of this name.')
  }
}
