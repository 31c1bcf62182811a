import { defaultTimeouts } from './apply.ts'
import { concurrentIndexOf } from './concurrent-index.ts'
import { bare, type Migration } from './files.ts'
import { areFitToRun } from './fit-to-run.ts'
import { createTable, lockHistory, migrationsTable } from './history.ts'
import { resetSession } from './session-state.ts'
import { indexOfTag } from './tags.ts'

/** `FROM:TO`: what comes after FROM, up to and with TO. Either may be empty. */
export function selectRange(
  migrations: readonly Migration[],
  range: string,
): { after: Migration | undefined; chosen: Migration[] } {
  const [from = '', to = '', ...rest] = range.split(':')
  if (!range.includes(':') || rest.length > 0) {
    throw new TypeError(`${range} is no range FROM:TO.`)
  }
  const start = from === '' ? 0 : indexOfTag(migrations, from) + 1
  const end = to === '' ? migrations.length : indexOfTag(migrations, to) + 1
  if (start > end) {
    throw new TypeError(`${from} comes after ${to}.`)
  }
  return { after: migrations[start - 1], chosen: migrations.slice(start, end) }
}

/**
 * What the runner does with these migrations, as a script for psql, which stops at the first error.
 * Each file first makes sure that the database stands right before it.
 */
export function writeScript(chosen: readonly Migration[], after: Migration | undefined): string {
  areFitToRun(chosen)
  const parts = chosen.map((migration, index) => {
    const before = chosen[index - 1] ?? after
    return migration.isTransactional ? whole(migration, before) : alone(migration, before)
  })
  return ['\\set ON_ERROR_STOP on', createTable, ...parts].join('\n')
}

const whole = (migration: Migration, before: Migration | undefined) => `
-- ${migration.tag}
begin isolation level read committed;
set local lock_timeout = ${defaultTimeouts.lockMs};
set local statement_timeout = ${defaultTimeouts.statementMs};
${lockHistory};
${guard(migration, before)}
${migration.statements.map(ended).join('\n')}
${resetSession}
${record(migration)}
commit;`

const alone = (migration: Migration, before: Migration | undefined) => `
-- ${migration.tag}
${guard(migration, before)}
${guardIndex(migration)}${migration.statements.map(ended).join('\n')}
${resetSession}
${record(migration)}`

/** Without it, a script that runs twice would repeat what only changes data. */
const guard = ({ tag }: Migration, before: Migration | undefined) => `do $guard$ begin
  if (select max(created_at) from ${migrationsTable}) is distinct from ${before?.when ?? 'null'} then
    raise exception '${tag} continues after ${before?.tag ?? 'nothing'}, and this database stands elsewhere.'
      using hint = 'npm run db:status says where.';
  end if;
end $guard$;`

/** `if not exists` takes an index that a run which was cut off has left, and that no query uses. */
function guardIndex({ tag, statements }: Migration): string {
  const index = concurrentIndexOf(bare(statements[0] ?? ''))
  const text = index?.replaceAll("'", "''")
  return text === undefined
    ? ''
    : `do $guard$ begin
  if exists (select from pg_index where indexrelid = to_regclass('${text}') and not indisvalid) then
    raise exception using message = '${tag} was cut off before: the index ${text} is invalid.',
      hint = 'drop index concurrently ${text};';
  end if;
end $guard$;
`
}

const record = ({ hash, when }: Migration) =>
  `insert into ${migrationsTable} (hash, created_at) values ('${hash}', ${when});`

/** On a line of its own, because a comment may stand at the end of the statement. */
const ended = (statement: string) =>
  statement.trim().endsWith(';') ? statement.trim() : `${statement.trim()}\n;`
