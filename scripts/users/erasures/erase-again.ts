import { fillPlaceholders, type SQL, sql } from 'drizzle-orm'
import type pg from 'pg'
import { compile } from '../../../src/db/statement.ts'
import { eventOf, eventValues } from '../../../src/rows/events.ts'
import { deletedUsers, userEvents, users } from '../../../src/users/table.ts'
import { inSession, setTimeouts } from '../../postgres/connection.ts'
import type { Erasure } from './file.ts'

export type Outcome = {
  /** Different ones among the erasures. */
  users: number
  erased: number
  /** The ids of those who were created after the erasure. */
  newer: number[]
}

/** Of one transaction. */
const batchSize = 1_000

/**
 * Erases users again in a database that was restored to a moment before their erasure: those who are there,
 * and those who are deleted. Whoever was created after it is somebody else, to whom the restored database
 * has given the same id again.
 *
 * In the database itself, because the service should not answer before this is done, and so that nobody
 * can come between the look at a user's age and the erasure. Throws CommandError.
 */
export async function eraseAgain(url: string, erasures: readonly Erasure[]): Promise<Outcome> {
  const lastOf = new Map<number, string>()
  for (const { userId, at } of erasures) {
    const last = lastOf.get(userId)
    if (last === undefined || Date.parse(last) < Date.parse(at)) {
      lastOf.set(userId, at)
    }
  }
  const due = Array.from(lastOf, ([id, at]) => ({ id, at }))
  const outcome: Outcome = { users: due.length, erased: 0, newer: [] }

  await inSession(url, async (client) => {
    await setTimeouts(client, { lockMs: 5_000, statementMs: 60_000 })
    for (let start = 0; start < due.length; start += batchSize) {
      const batch = JSON.stringify(due.slice(start, start + batchSize))
      const { erased, newer } = await eraseBatch(client, batch)
      outcome.erased += erased
      outcome.newer.push(...newer)
    }
  })
  return outcome
}

type Batch = { erased: number; newer: number[] }

async function eraseBatch(client: pg.Client, batch: string): Promise<Batch> {
  const { rows: [row] = [] } = await client.query('begin').then(async () => {
    // A user who is deleted or restored at the same time would be missed in both tables.
    await query(client, sql`lock table ${users}, ${deletedUsers} in share row exclusive mode`)
    const result = await query(client, erasure, { batch, ...eventValues() })
    await client.query('commit')
    return result
  })
  return row as Batch
}

const due = sql`
  due as (select id, at from jsonb_to_recordset(${sql.placeholder('batch')}::jsonb)
          as line (id bigint, at timestamptz))`

type Table = typeof users | typeof deletedUsers

const removal = (table: Table): SQL => sql`
  delete from ${table} using due where ${table.id} = due.id and ${table.createdAt} <= due.at
  returning ${table.id} as "@id", ${table.version} as "@version"`

const newer = (table: Table): SQL => sql`
  select ${table.id} as id from ${table} join due on ${table.id} = due.id
  where ${table.createdAt} > due.at`

const erasure = sql`
  with ${due},
       live as (${removal(users)}),
       past as (${removal(deletedUsers)}),
       written as (select * from live union all select * from past),
       ${eventOf(userEvents, { kind: 'erase' })}
  select (select count(*)::integer from written) as erased,
         (select coalesce(json_agg(id order by id), '[]')
          from (${newer(users)} union all ${newer(deletedUsers)}) as newer) as newer`

function query(client: pg.Client, statement: SQL, values: Record<string, unknown> = {}) {
  const { sql: text, params } = compile(statement)
  return client.query(text, fillPlaceholders(params, values))
}
