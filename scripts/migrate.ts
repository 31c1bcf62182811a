import { runCommand } from './command.ts'
import { applyMigrations } from './migrations.ts'
import { directUrl } from './settings.ts'

await runCommand(async () => {
  await applyMigrations(directUrl())
  console.log('The database is up to date.')
})
