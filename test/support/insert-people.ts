import type { TestDatabase } from './database.ts'
import { people } from './people.ts'

type Person = { name: string; email: string }

/** Past the service: ids count from 1 in the order given. */
export async function insertPeople(
  database: TestDatabase,
  persons: number | readonly Person[],
): Promise<void> {
  const rows = typeof persons === 'number' ? people(persons) : persons
  await database.query(
    `insert into users (name, email)
     select name, email from jsonb_to_recordset($1) as person (name text, email text)`,
    [JSON.stringify(rows)],
  )
}

/** The same, and as if somebody had created them. */
export async function insertWithEvents(database: TestDatabase, count: number): Promise<void> {
  await database.query(
    `with written as (
       insert into users (name, email)
       select name, email from jsonb_to_recordset($1) as person (name text, email text)
       returning id)
     insert into user_events (kind, user_id, version, caller, fields)
     select 'create', id, 1, 'anyone', '{name,email}' from written order by id`,
    [JSON.stringify(people(count))],
  )
}
