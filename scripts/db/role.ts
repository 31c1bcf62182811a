import { parseArgs } from 'node:util'
import { runCommand, usageError } from '../command/command.ts'
import { directUrl } from '../command/settings.ts'
import { requireMigrated } from '../migrations/migrated.ts'
import { isRoleName, makeWorkerRole } from '../postgres/worker-role.ts'

function readName(): string {
  try {
    const { values } = parseArgs({ options: { name: { type: 'string', default: '' } } })
    if (!isRoleName(values.name)) {
      throw new TypeError(
        '--name must be the name of a role for the Worker alone, such as users_worker: letters, ' +
          'digits and underscores.',
      )
    }
    return values.name
  } catch (error) {
    throw usageError(error, 'Usage: npm run db:role -- --name NAME')
  }
}

await runCommand(async () => {
  const name = readName()
  const url = directUrl()
  await requireMigrated(url)

  const workerUrl = await makeWorkerRole(url, name)

  console.log(`DATABASE_URL="${workerUrl}"`)
  console.error(
    `This is the only time that the password of ${name} is shown, and an older one is void now. ` +
      'In production the line goes into the secrets file of `npm run deploy`; locally put it ' +
      "into .dev.vars, and the owner's address into DATABASE_URL_DIRECT.",
  )
})
