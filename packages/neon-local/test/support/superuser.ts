import pg from 'pg'
import { inject } from 'vitest'

/** The same database, as a superuser in place of the owner: for a test whose subject takes one. */
export const asSuperuser = (ownerUrl: string): string =>
  Object.assign(new URL(inject('superuserUrl')), { pathname: new URL(ownerUrl).pathname }).href

export async function queryAsSuperuser<Row extends pg.QueryResultRow>(
  ownerUrl: string,
  sql: string,
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: asSuperuser(ownerUrl) })
  await client.connect()
  return client
    .query<Row>(sql)
    .then(({ rows }) => rows)
    .finally(() => client.end())
}
