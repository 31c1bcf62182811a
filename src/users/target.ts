import { eq, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { users } from '../db/tables.ts'

/**
 * The user that a statement is about, locked before anything else: one that is deleted meanwhile is
 * then missing, and not of another version.
 */
export const lockTarget = (db: Database) =>
  db.$with('target').as(
    db
      .select({ id: users.id, version: users.version })
      .from(users)
      .where(eq(users.id, sql.placeholder('id')))
      .for('update'),
  )
