import { parseArgs } from 'node:util'
import { CommandError, runCommand, usageError } from '../command/command.ts'
import { readMigrations } from '../migrations/files.ts'
import { selectRange, writeScript } from '../migrations/script.ts'

const usage = `Usage: npm run --silent db:sql [-- FROM:TO]
FROM and TO are migrations, or beginnings of their names. FROM itself is left out.`

await runCommand(async () => {
  const migrations = await readMigrations()
  try {
    const { positionals } = parseArgs({ allowPositionals: true })
    const [range = ':', ...rest] = positionals
    if (rest.length > 0) {
      throw new TypeError('One range is enough.')
    }
    const { chosen, after } = selectRange(migrations, range)
    console.log(writeScript(chosen, after))
  } catch (error) {
    throw error instanceof CommandError ? error : usageError(error, usage)
  }
})
