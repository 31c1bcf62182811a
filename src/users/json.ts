import { type AnyColumn, sql } from 'drizzle-orm'
import { users } from '../db/tables.ts'
import type { User } from './schema.ts'

/** Text of which `JSON.parse` makes this. */
export type Json<Value> = string & { readonly of?: Value }

/** A user as PostgreSQL has written one for the client, and what an answer says of it besides. */
export type WrittenUser = { id: number; version: number; json: Json<User> }

// As `Date.toISOString()` writes a moment.
const moment = (column: AnyColumn) =>
  sql`to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/**
 * A user as a client sees one, to the byte as `JSON.stringify` writes it: rows that become objects
 * only to become text again were most of what a request cost. Names every field, so that a new
 * column stays inside until it is let out here.
 */
export const userJson = sql`(select row_to_json(seen) from (select ${users.id} as "id",
${users.name} as "name", ${users.email} as "email", ${users.version} as "version",
${moment(users.createdAt)} as "createdAt", ${moment(users.updatedAt)} as "updatedAt") as seen)`

/** For `select` and `returning`. */
export const writtenUser = {
  id: users.id,
  version: users.version,
  // Of the type json, the driver would parse it.
  json: sql<Json<User>>`${userJson}::text`.as('json'),
}
