import * as z from 'zod/mini'
import {
  changes,
  Email,
  emailText,
  id,
  inNfc,
  matchesRule,
  NewName,
  queryText,
  streamSafe,
  whole,
} from '../fields.ts'
import { nameRules } from '../name-rules.ts'
import { paging } from '../paging.ts'

// fields.ts says what each may hold.
const fields = { name: NewName, email: Email }

export const NewUser = whole(fields)
export type NewUser = z.infer<typeof NewUser>

export const UserChanges = changes(fields)
export type UserChanges = z.infer<typeof UserChanges>

export const UserId = z.strictObject({ id: id() })

/** In code points. Fewer than `part` make no trigram, so they are only looked for at the start. */
export const searchLength = { min: 2, part: 3, max: 100 }

const filters = {
  /** The whole email, whatever its case. */
  email: z.optional(emailText(queryText())),
  /** A part of the name or the email, or the start of one, whatever its case. */
  q: z.optional(
    queryText().check(
      ...inNfc(searchLength.min, searchLength.max),
      matchesRule(nameRules.controls),
      streamSafe,
    ),
  ),
}

export const UserFilters = z.strictObject(filters)
export type UserFilters = z.infer<typeof UserFilters>

export const UserList = z.strictObject({
  ...paging(['id', '-id', 'name', '-name', 'email', '-email']),
  ...filters,
})
export type UserList = z.infer<typeof UserList>

export const DeletedUserList = z.strictObject({
  ...paging(['-deletedAt', 'deletedAt', 'id', '-id']),
  email: filters.email,
})
export type DeletedUserList = z.infer<typeof DeletedUserList>

export const UserRemoval = z.strictObject({
  /** Whether to remove at once and for good, also who was deleted before. */
  erase: z.optional(z.enum(['true'], { error: 'must be true, or left out' })),
})
