import { ServiceError } from '../errors.ts'
import { byCodePoint } from '../rows/columns.ts'
import { means } from '../rows/conflicts.ts'
import { rowsOf, type Seen } from '../rows/rows.ts'
import { deletedUsers, userEvents, userIdempotencyKeys, users } from './table.ts'

/** The users as clients see them. */
export const userRows = rowsOf(users, {
  fields: ['id', 'name', 'email', 'version', 'createdAt', 'updatedAt'],
  noun: 'user',
  notFound: (id) => new ServiceError('user-not-found', `There is no user with the id ${id}.`),
  idempotencyKeys: userIdempotencyKeys,
  events: userEvents,
  deleted: deletedUsers,
  conflicts: {
    users_email_key: means(
      'email-taken',
      'A user with this email already exists, perhaps in other case.',
    ),
  },
  sorts: { name: byCodePoint(users.name), email: byCodePoint(users.email) },
})

/** Who was deleted and can be taken back. */
export const deletedUserRows = rowsOf(deletedUsers, {
  fields: [...userRows.fields, 'deletedAt'],
  noun: 'deleted user',
  notFound: userRows.notFound,
})

export type User = Seen<typeof userRows>
export type DeletedUser = Seen<typeof deletedUserRows>
