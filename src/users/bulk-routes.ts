import type { Database } from '../db/client.ts'
import { chooseMediaType } from '../http/accept.ts'
import { allow, callerOf } from '../http/auth.ts'
import { writeCsv } from '../http/csv.ts'
import { demandPlace, takePlace } from '../http/few-at-once.ts'
import { type LineRules, readLines } from '../http/lines.ts'
import { answerMethodNotAllowed } from '../http/problems.ts'
import { limitCaller, limitSearches, type RateLimits } from '../http/rate-limit.ts'
import { type BodyRules, takeBody } from '../http/read-body.ts'
import { createRoutes } from '../http/router.ts'
import { streamPages, streamTermMs } from '../http/stream.ts'
import { validate } from '../http/validate.ts'
import { createPool } from '../pool.ts'
import { exportUsers } from './export.ts'
import { importUsers } from './import.ts'
import { NewUser, toResponse, type User, UserFilters, UserImport, userFields } from './schema.ts'

/**
 * Two keep a small database busy. More would wait for each other until PostgreSQL ends them: their
 * clients would not know what became of them. The term is twice what an import can take.
 */
const imports = createPool(2, 10_000)

/** Each holds a page or two, and asks for the next when its client has taken one. */
const exports = createPool(4, streamTermMs)

const importBody: BodyRules = {
  mediaTypes: { 'application/x-ndjson': 'malformed-json', 'text/csv': 'malformed-csv' },
  maxBytes: 4 * 1024 * 1024,
  room: createPool(16 * 1024 * 1024, 60_000),
}

const importLines: LineRules<NewUser> = {
  schema: NewUser,
  columns: { known: userFields, required: ['name', 'email'] },
  maxLines: 5_000,
  // As much as the body of one user.
  maxLength: 16 * 1024,
}

type Format = (users: readonly User[], isFirst: boolean) => string

/** How a page of an export is written. In the first stands, before the users, what names the columns. */
const exportFormats = new Map<string, Format>([
  ['application/x-ndjson', (users) => users.map((user) => `${JSON.stringify(user)}\n`).join('')],
  [
    'text/csv',
    (users, isFirst) =>
      writeCsv([
        ...(isFirst ? [userFields] : []),
        ...users.map((user) => userFields.map((field) => user[field])),
      ]),
  ],
])

/** Mounted before the routes of a single user: `import` and `export` are no ids. */
export const bulkRoutes = (db: Database, limits: RateLimits) =>
  createRoutes()
    .post(
      '/import',
      allow('users:export'),
      demandPlace(imports),
      limitCaller(limits.bulk),
      takeBody(importBody),
      // Once the body is whole: one that drips keeps no place from others.
      takePlace(imports),
      validate({ query: UserImport }),
      async (c) => {
        const { valid, refused } = readLines(c.get('body'), importLines)
        return c.json(await importUsers(db, valid, refused, c.req.valid('query')))
      },
    )
    .all('/import', allow('users:export'), (c) => answerMethodNotAllowed(c, ['POST']))
    .get(
      '/export',
      allow('users:export'),
      limitCaller(limits.bulk),
      limitSearches(limits.searches),
      validate({ query: UserFilters }),
      takePlace(exports),
      async (c) => {
        const [mediaType, write] = chooseMediaType(c.req.header('Accept'), exportFormats)
        const pages = exportUsers(db, callerOf(c), c.req.valid('query'))
        return streamPages(c, mediaType, pages, (users, isFirst) =>
          write(users.map(toResponse), isFirst),
        )
      },
    )
    .all('/export', allow('users:export'), (c) => answerMethodNotAllowed(c, ['GET', 'HEAD']))
