import { join } from 'node:path'
import { runCli } from 'neon-local/cli'
import { defaultDataDir } from '../command/settings.ts'
import { databaseName } from './local-database.ts'

const code = await runCli(process.argv.slice(2), {
  name: 'npm run neon:local --',
  dataDir: defaultDataDir,
  // As in `npm run dev -- --data-dir`.
  folderIn: (dataDir) => join(dataDir, 'postgres'),
  database: databaseName,
  quiet: true,
})
process.exit(code)
