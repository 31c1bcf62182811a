import type pg from 'pg'
import { FileFailure, type Rest } from './file-failure.ts'
import type { Migration } from './files.ts'

/**
 * Runs the statements of a file in one transaction, and then `last`, which keeps the record of it:
 * only when the transaction is still the one that was begun.
 *
 * Throws FileFailure.
 */
export async function runInOneTransaction(
  client: pg.Client,
  file: Pick<Migration, 'tag' | 'statements'>,
  last: { text: string; values: readonly unknown[] },
): Promise<void> {
  let id: string | undefined
  const run = (statement: string, values: readonly unknown[] = []) =>
    client.query(statement, [...values]).catch(async (error: unknown) => {
      throw new FileFailure(file, statement, error, await whatIsLeft(client, id))
    })

  await run('begin')
  id = (await run(currentId)).rows[0].id
  for (const statement of file.statements) {
    await run(statement)
  }
  // Of the checks before, none can see into every statement.
  if ((await run(currentIdIfAny)).rows[0].id !== id) {
    throw new FileFailure(
      file,
      file.statements.at(-1) ?? '',
      'its transaction did not last',
      'some of it',
    )
  }
  await run(last.text, last.values)
  await run('commit')
}

const currentId = 'select pg_current_xact_id()::text as id'
const currentIdIfAny = 'select pg_current_xact_id_if_assigned()::text as id'

/** Ends the transaction, and asks the server what became of the one that was begun. */
async function whatIsLeft(client: pg.Client, id: string | undefined): Promise<Rest> {
  if (id === undefined) {
    return 'nothing'
  }
  try {
    await client.query('rollback')
    const { rows } = await client.query('select pg_xact_status($1::xid8) as status', [id])
    return rows[0].status === 'aborted' ? 'nothing' : 'some of it'
  } catch {
    return 'unknown'
  }
}
