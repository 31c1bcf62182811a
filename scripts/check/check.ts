import { readFile } from 'node:fs/promises'
import { parseEnv } from 'node:util'
import { Config, readConfig } from '../../src/config.ts'
import { runChild } from '../command/child.ts'
import { CommandError, runCommand } from '../command/command.ts'
import { quietWrangler, wrangler } from '../command/wrangler.ts'
import { lintMigrations } from '../migrations/lint.ts'
import { migrationsAreReproducible } from '../migrations/reproducible.ts'
import { migrationsAreGenerated } from '../migrations/schema-changes.ts'
import { workerIsInBudget } from './budgets.ts'
import { contractIsClean, contractIsWritten } from './contract.ts'
import { workflowsAreClean } from './workflows.ts'

/** From the example alone, not from the `.dev.vars` of whoever runs this. */
async function typesAreWritten() {
  const args = [wrangler, 'types', '--check', '--env-file', '.dev.vars.example']
  await runChild(process.execPath, args, { env: quietWrangler }).catch(() => {
    throw new CommandError(
      'worker-configuration.d.ts is not what wrangler.toml says: run `npm run types`.',
    )
  })
}

async function exampleNamesEveryVariable() {
  const example = await readFile('.dev.vars.example', 'utf8')
  const variables = parseEnv(example.replaceAll(/^# (?=[A-Z_]+=)/gm, ''))
  const missing = Object.keys(Config.shape).filter((name) => !(name in variables))
  if (missing.length > 0) {
    throw new CommandError(`.dev.vars.example does not name ${missing.join(' and ')}.`)
  }
  readConfig(variables)
}

await runCommand(async () => {
  await exampleNamesEveryVariable()
  await migrationsAreReproducible()
  await migrationsAreGenerated()
  await lintMigrations()
  await contractIsWritten()
  await contractIsClean()
  await typesAreWritten()
  await workflowsAreClean()
  await workerIsInBudget()
})
