import type { Context, TypedResponse } from 'hono'
import type { Json } from '../json.ts'
import { entityTag, isNotModified, type Precondition } from './etag.ts'
import { pageLinks } from './links.ts'
import { type Cursors, listNameOf, type Position } from './seal-cursors.ts'

/**
 * Like `c.json`, for a text that is JSON already. All headers at once cost less than one by one.
 */
function answerJson<Value, Status extends 200 | 201 = 200>(
  json: Json<Value>,
  headers: Record<string, string> = {},
  status?: Status,
): Response & TypedResponse<Value, Status, 'json'> {
  const response = new Response(json, {
    status: status ?? 200,
    headers: { 'Content-Type': 'application/json', ...headers },
  })
  // The type is for the client alone: at run time a TypedResponse is a Response.
  return response as Response & TypedResponse<Value, Status, 'json'>
}

/** A row that has a version has an `ETag`. */
type Row<Value> = { version?: number | undefined; json: Json<Value> }

const tagOf = ({ version }: Row<unknown>): Record<string, string> =>
  version === undefined ? {} : { ETag: entityTag(version) }

/** A row as it now is; for a read with a `precondition` a 304 when the client has it already. */
export function answerRow<Value>(
  row: Row<Value>,
  precondition?: Precondition,
): Response & TypedResponse<Value, 200, 'json'> {
  if (precondition && row.version !== undefined && isNotModified(precondition, row.version)) {
    const response = new Response(null, { status: 304, headers: tagOf(row) })
    // A client of ours sends no `If-None-Match`.
    return response as Response & TypedResponse<Value, 200, 'json'>
  }
  return answerJson(row.json, tagOf(row))
}

/** A page of a feed: it always tells where to go on. */
export const answerFeed = <Value>(
  c: Context,
  { json, next }: { json: Json<Value>; next: string },
) => answerJson(json, { Link: pageLinks(c.req.url, next) })

/** A row that the request has created, or an earlier one with the same idempotency key. */
export const answerCreated = <Value>(
  c: Context,
  { row, isReplay }: { row: Row<Value> & { id: number | string }; isReplay: boolean },
) =>
  answerJson(
    row.json,
    {
      Location: `${c.req.path.replace(/\/$/, '')}/${row.id}`,
      ...tagOf(row),
      ...(isReplay && { 'Idempotency-Replayed': 'true' }),
    },
    201,
  )

/**
 * A row that the request has created, where no route reads a single one: there is no `Location`.
 *
 * @public
 */
export const answerAdded = <Value>({ row }: { row: Row<Value> }) =>
  answerJson(row.json, tagOf(row), 201)

/** The query of a list, as `paging.ts` describes it, without the filters. */
type Query = {
  limit: number
  sort: string
  cursor?: string | undefined
  count?: 'exact' | undefined
}

/** What a query asks of a list. */
type List = { limit: number; sort: string; isCounted: boolean; after: Position | undefined }

type Page<Value> = { json: Json<Value>; next: Position | undefined; total: number | undefined }

/** A page of a list, with the links to go on. Throws `invalid-cursor`, and what `read` throws. */
export async function answerList<Value>(
  c: Context,
  cursors: Cursors,
  query: Query,
  read: (list: List) => Promise<Page<Value>>,
) {
  const { limit, sort, cursor, count, ...filters } = query
  const name = listNameOf(c.req.path, { sort, ...filters })
  const after = cursor === undefined ? undefined : await cursors.open(name, cursor)
  const { json, next, total } = await read({ limit, sort, isCounted: count !== undefined, after })
  return answerJson(json, {
    Link: pageLinks(c.req.url, next && (await cursors.seal(name, next))),
    ...(total !== undefined && { 'X-Total-Count': `${total}` }),
  })
}
