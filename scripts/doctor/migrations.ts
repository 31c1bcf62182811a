import type pg from 'pg'
import { CommandError } from '../command/command.ts'
import { readMigrations } from '../migrations/files.ts'
import { readApplied } from '../migrations/history.ts'
import { compareHistories } from '../migrations/status.ts'
import { type Finding, fault, ok } from './finding.ts'

const mayNot = '42501'

/** Up to date also means: as far as this role may see. */
export async function checkMigrations(
  client: pg.Client,
): Promise<{ findings: Finding[]; isUpToDate: boolean }> {
  try {
    const { database, migrations, problem } = compareHistories(
      await readMigrations(),
      await readApplied(client),
    )
    if (problem !== undefined) {
      return failed(problem)
    }
    const pending = migrations.filter(({ state }) => state === 'pending').map(({ tag }) => tag)
    return database === 'behind'
      ? failed(`The database lacks ${pending.join(', ')}. Run \`npm run db:migrate\`.`)
      : {
          findings: [ok('migrations', `All ${migrations.length} are applied.`)],
          isUpToDate: true,
        }
  } catch (error) {
    if (error instanceof CommandError) {
      return failed(error.message)
    }
    if (error instanceof Error && 'code' in error && error.code === mayNot) {
      return { findings: [], isUpToDate: true }
    }
    throw error
  }
}

const failed = (message: string) => ({
  findings: [fault('migrations', message)],
  isUpToDate: false,
})
