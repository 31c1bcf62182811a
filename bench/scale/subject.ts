import { inSession } from '../../scripts/postgres/connection.ts'
import { createCursors, listNameOf } from '../../src/http/seal-cursors.ts'
import type { Position } from '../../src/rows/list.ts'
import type { ScaleDatabase } from './database.ts'

export const sorts = ['id', '-id', 'name', '-name', 'email', '-email'] as const
export type Sort = (typeof sorts)[number]

type Person = { name: string; email: string }
type Deep = { position: Position; nextId: number }

type Owned = Pick<ScaleDatabase, 'ownerUrl' | 'url'>

/** A table of this size, and what is asked of it. */
export type Subject = {
  database: Owned
  users: number
  /** How many users lie before a deep page. */
  depth: number
  deep: Record<Sort, Deep>
  /** The addresses of users here and there. */
  emails: readonly string[]
  /** A name that one user has. */
  rareName: string
  /** The first name of one user in fifty or so. */
  frequentName: string
  /** People who are not in the table. */
  strangers: readonly Person[]
}

const maxDepth = 1_000_000
const emailCount = 200
const linesOfImport = 5_000

/** More turns would run out of strangers. */
export const maxTurns = 10

/** Some to create one by one, and lines for so many imports. */
export const strangerCount = { created: 1_000, imports: maxTurns + 1, perImport: linesOfImport }

export async function readSubject(database: Owned, users: number): Promise<Subject> {
  const depth = Math.min(maxDepth, Math.floor(0.9 * users))
  return inSession(database.ownerUrl, async (client) => {
    const positionOf = async (sort: Sort): Promise<Deep> => {
      const direction = sort.startsWith('-') ? 'desc' : 'asc'
      const column = sort.replace('-', '')
      const key = column === 'id' ? '' : `${column} collate "C" ${direction},`
      // The ids are in the index: a million users are not read for it.
      const { rows } = await client.query(
        `select id::int, name, email
         from (select id from users order by ${key} id ${direction} offset $1 limit 2) as found
         join users using (id) order by ${key} id ${direction}`,
        [depth - 1],
      )
      const [at, next] = rows
      return {
        position: column === 'id' ? [`${at.id}`] : [at[column], `${at.id}`],
        nextId: next.id,
      }
    }
    const deep: Partial<Record<Sort, Deep>> = {}
    for (const sort of sorts) {
      deep[sort] = await positionOf(sort)
    }
    const { rows: found } = await client.query<{ email: string }>(
      `select email from users where id = any(array(
         select 1 + (n * 2654435761) % $1 from generate_series(1, ${emailCount}) as n))`,
      [users],
    )
    const { rows: rare } = await client.query<{ name: string }>(
      `select name from users where id <= 1000 and name like '%-%' order by id limit 1`,
    )
    const { rows: frequent } = await client.query<{ word: string }>(
      'select word from sample.first where place = 0',
    )
    const { created, imports, perImport } = strangerCount
    const { rows: strangers } = await client.query<Person>(
      'select name, email from sample.people($1, $2)',
      [users + 1, users + created + imports * perImport],
    )
    return {
      database,
      users,
      depth,
      deep: deep as Record<Sort, Deep>,
      emails: found.map(({ email }) => email),
      rareName: rare[0]?.name ?? '',
      frequentName: frequent[0]?.word ?? '',
      strangers,
    }
  })
}

/** The `cursor` of a deep page, as the Worker with this connection string would have given it. */
export const cursorAt = ({ deep }: Subject, sort: Sort, url: string): Promise<string> =>
  createCursors(url).seal(listNameOf('/users', { sort }), deep[sort].position)
