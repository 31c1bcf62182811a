import type { EmptyDatabase } from './empty-database.ts'

/** Sends what `db:sql` prints as psql does: statement by statement, because some must stand alone. */
export async function feedScript(database: EmptyDatabase, script: string): Promise<void> {
  const client = await database.connect()
  const [, ...parts] = script.split(/^-- (?=\d{4}_)/m)
  const head = script.slice(0, script.indexOf('\n-- 0')).replace(/^\\set .*\n/, '')
  await client.query(head)
  for (const part of parts) {
    const [, ...lines] = part.split('\n')
    const body = lines.join('\n')
    if (body.startsWith('begin ')) {
      await client.query(body)
    } else {
      for (const statement of body.split(
        /(?<=end \$guard\$;)|(?=^(?:close all|insert into drizzle))/m,
      )) {
        await client.query(statement)
      }
    }
  }
}
