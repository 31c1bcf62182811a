import type { Row } from '../db/run.ts'
import { chooseMediaType } from '../http/accept.ts'
import { allow, callerOf } from '../http/auth.ts'
import { writeCsv } from '../http/csv.ts'
import { busy, demandPlace, takePlace } from '../http/few-at-once.ts'
import { maxLineLength, maxLines, maxLinesBytes, roomBytes } from '../http/line-limits.ts'
import { type LineRules, readLines } from '../http/lines.ts'
import { answerMethodNotAllowed } from '../http/problems.ts'
import { limitCaller, limitSearches } from '../http/rate-limit-bindings.ts'
import type { BodyRules } from '../http/read-body.ts'
import { createRoutes } from '../http/router.ts'
import { streamPages, streamTermMs } from '../http/stream.ts'
import { takeBody } from '../http/take-body.ts'
import { validate } from '../http/validate.ts'
import { createPool } from '../pool.ts'
import { textsOf } from '../rows/texts.ts'
import type { Shared } from '../shared.ts'
import { UserImport } from './bulk-input.ts'
import { exportUsers } from './export.ts'
import { importUsers } from './import.ts'
import { NewUser, UserFilters } from './input.ts'
import { userRows } from './rows.ts'

/**
 * Two keep a small database busy. More would wait for each other until PostgreSQL ends them, and
 * their clients would not know the outcome. The term is twice as long as an import can take.
 */
const imports = createPool(2, 10_000)

/** Each has a page or two in memory, and asks for the next when its client has read one. */
const exports = createPool(4, streamTermMs)

const importBody: BodyRules = {
  mediaTypes: { 'application/x-ndjson': 'malformed-json', 'text/csv': 'malformed-csv' },
  maxBytes: maxLinesBytes,
  room: { bytes: createPool(roomBytes, 60_000), spent: busy },
  encodingMends: { 'malformed-csv': 'Save the file as UTF-8: Excel has "CSV UTF-8".' },
}

const importLines: LineRules<NewUser> = {
  schema: NewUser,
  columns: { known: userRows.fields, required: ['name', 'email'] },
  maxLines,
  maxLength: maxLineLength,
}

const texts = textsOf(userRows)

type Format = (page: readonly Row[], isFirst: boolean) => string

/** How a page of an export is written. In CSV the first begins with the names of the columns. */
const exportFormats = new Map<string, Format>([
  ['application/x-ndjson', (page) => page.map((row) => `${userRows.json(row)}\n`).join('')],
  [
    'text/csv',
    (page, isFirst) => writeCsv([...(isFirst ? [userRows.fields] : []), ...page.map(texts)]),
  ],
])

/** Mounted before the routes of a single user: `import` and `export` are no ids. */
export const userBulkRoutes = ({ db, limits }: Shared) =>
  createRoutes()
    .post(
      '/import',
      allow('users:export'),
      demandPlace(imports),
      limitCaller(limits.bulk),
      takeBody(importBody),
      // After the whole body has arrived, so that a slow one takes no place from others.
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
        const pages = exportUsers(db, callerOf(c), c.req.valid('query'), (cursor) =>
          c.header('Feed-Cursor', cursor),
        )
        return streamPages(c, mediaType, pages, write)
      },
    )
    .all('/export', allow('users:export'), (c) => answerMethodNotAllowed(c, ['GET', 'HEAD']))
