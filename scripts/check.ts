import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv, promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { Config, readConfig } from '../src/config.ts'
import { bundleWorker } from './bundle.ts'
import { CommandError, runCommand } from './command.ts'
import { contractIsClean, contractIsWritten } from './contract.ts'
import { lintMigrations } from './migrations/lint.ts'
import { migrationsAreReproducible } from './migrations/reproducible.ts'
import { migrationsAreGenerated } from './migrations/schema-changes.ts'
import { workflowsAreClean } from './workflows.ts'
import { quietWrangler, wrangler } from './wrangler.ts'

/** Of the Worker as a deploy uploads it. */
const maxBundleKiB = 110

async function bundleIsSmall() {
  const directory = await mkdtemp(join(tmpdir(), 'edge-users-bundle-'))
  try {
    await bundleWorker(directory)
    const size = gzipSync(await readFile(join(directory, 'worker.js'))).length / 1024
    if (size > maxBundleKiB) {
      throw new CommandError(
        `The Worker is ${size.toFixed(1)} KiB gzip, and ${maxBundleKiB} KiB is the budget. ` +
          'Find what it grew by before you raise the budget.',
      )
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Without the variables of whoever runs this: the example has none that counts. */
async function typesAreWritten() {
  const args = [wrangler, 'types', '--check', '--env-file', '.dev.vars.example']
  const env = { ...process.env, ...quietWrangler }
  await promisify(execFile)(process.execPath, args, { env }).catch(() => {
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
  await bundleIsSmall()
})
