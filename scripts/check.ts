import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api'
import { Config } from '../src/config.ts'
import * as tables from '../src/db/tables.ts'
import { bundleWorker } from './bundle.ts'
import { CommandError, runCommand } from './command.ts'

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

/** What `drizzle-kit generate` would add is what somebody forgot to generate. */
async function migrationsAreGenerated() {
  const snapshots = (await readdir('drizzle/meta')).filter((name) =>
    name.endsWith('_snapshot.json'),
  )
  const last = JSON.parse(
    await readFile(join('drizzle/meta', snapshots.sort().at(-1) ?? ''), 'utf8'),
  )
  const current = generateDrizzleJson(tables, last.id, undefined, 'snake_case')
  const statements = await generateMigration(last, current)
  if (statements.length > 0) {
    throw new CommandError(
      'src/db/tables.ts has changes that no migration makes: ' +
        `run \`npm run db:generate -- --name NAME\`. Missing:\n${statements.join('\n')}`,
    )
  }
}

async function exampleNamesEveryVariable() {
  const example = await readFile('.dev.vars.example', 'utf8')
  const missing = Object.keys(Config.shape).filter((name) => !example.includes(`${name}=`))
  if (missing.length > 0) {
    throw new CommandError(`.dev.vars.example does not name ${missing.join(' and ')}.`)
  }
}

await runCommand(async () => {
  await exampleNamesEveryVariable()
  await migrationsAreGenerated()
  await bundleIsSmall()
})
