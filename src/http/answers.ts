import type { Context, TypedResponse } from 'hono'
import type { Json } from '../json.ts'
import { entityTag } from './conditions.ts'
import { pageLinks } from './links.ts'

/**
 * As `c.json`, of what is JSON already; its headers at once, which are set one by one else.
 *
 * @public
 */
export function answerJson<Value, Status extends 200 | 201 = 200>(
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

type Row<Value> = { id: number | string; version?: number; json: Json<Value> }

const tagOf = ({ version }: { version?: number }): Record<string, string> =>
  version === undefined ? {} : { ETag: entityTag(version) }

/** A row as it now is, with its `ETag` if it has a version. */
export const answerRow = <Value>(row: Omit<Row<Value>, 'id'>) => answerJson(row.json, tagOf(row))

/** A row that the request has created, or an earlier one with the same idempotency key. */
export const answerCreated = <Value>(c: Context, row: Row<Value>, isReplay = false) =>
  answerJson(
    row.json,
    {
      Location: `${c.req.path.replace(/\/$/, '')}/${row.id}`,
      ...tagOf(row),
      ...(isReplay && { 'Idempotency-Replayed': 'true' }),
    },
    201,
  )

/** A page of a list, with where to go on. `next` is a cursor. */
export const answerPage = <Value>(
  c: Context,
  { json, total }: { json: Json<Value>; total: number | undefined },
  next: string | undefined,
) =>
  answerJson(json, {
    Link: pageLinks(c.req.url, next),
    ...(total !== undefined && { 'X-Total-Count': `${total}` }),
  })
