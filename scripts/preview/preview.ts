import { parseArgs } from 'node:util'
import type { ApiKey } from '../../src/config.ts'
import { scopes } from '../../src/resources.ts'
import { exitCodes, runCommand, usageError } from '../command/command.ts'
import { readEnvironments } from '../deploy/environments.ts'
import { createKey, digestOf } from '../keys/key.ts'
import { applyMigrations } from '../migrations/apply.ts'
import { makeWorkerRole } from '../postgres/worker-role.ts'
import { databaseOfPreview, pooledUrl } from './database.ts'
import { waitUntilReady } from './ready.ts'
import { withSecretsFile } from './secrets-file.ts'
import { deletePreview, uploadPreview } from './wrangler.ts'

/** In the database of a Preview there may be a copy of production's role: its password stays. */
const roleName = 'users_preview'

type PreviewOptions = { name: string; delete: boolean }

/** Throws CommandError. */
function readOptions(): PreviewOptions {
  try {
    const { values } = parseArgs({
      options: {
        name: { type: 'string', default: '' },
        delete: { type: 'boolean', default: false },
      },
    })
    if (!/^[a-z0-9][a-z0-9-]{0,61}$/.test(values.name)) {
      throw new TypeError(
        '--name must say which preview, such as pr-12: at most 62 small letters, digits and hyphens.',
      )
    }
    return values
  } catch (error) {
    throw usageError(error, 'Usage: npm run preview -- --name NAME [--delete]')
  }
}

async function create(name: string): Promise<void> {
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

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(exitCodes.failed))
}

await runCommand(async () => {
  const { name, delete: isToGo } = readOptions()
  if (isToGo) {
    const wasThere = await deletePreview(name)
    console.log(wasThere ? `The preview ${name} is gone.` : `There is no preview ${name}.`)
  } else {
    await create(name)
  }
})
