import * as z from 'zod'
import type { UserRow } from '../db/tables.ts'
import { emailMaxLength, emailRule, nameMaxLength, nameRules, type Rule } from '../rules.ts'

const text = () =>
  z.string({ error: ({ input }) => (input === undefined ? 'is missing' : 'must be a string') })

const codePoints = (value: string) => [...value].length

const holds = ({ pattern }: Rule) => {
  const expression = new RegExp(pattern, 'u')
  return (value: string) => expression.test(value)
}

const Name = text()
  .normalize('NFC')
  .refine((value) => codePoints(value) >= 1 && codePoints(value) <= nameMaxLength, {
    error: `must have 1 to ${nameMaxLength} characters`,
  })
  .refine(holds(nameRules.controls), { error: nameRules.controls.detail })
  .refine(holds(nameRules.start), { error: nameRules.start.detail })
  .refine(holds(nameRules.end), { error: nameRules.end.detail })
  .refine(holds(nameRules.visible), { error: nameRules.visible.detail })

const Email = text()
  .max(emailMaxLength, { error: `must have at most ${emailMaxLength} characters` })
  .refine(holds(emailRule), { error: emailRule.detail })

/** What the service sets itself. Accepted and ignored, so that what was read can be sent back. */
const ignored = {
  id: z.unknown().optional(),
  version: z.unknown().optional(),
  createdAt: z.unknown().optional(),
  updatedAt: z.unknown().optional(),
}

const body = { error: 'must be a JSON object' }

export const NewUser = z
  .strictObject({ name: Name, email: Email, ...ignored }, body)
  .transform(({ name, email }) => ({ name, email }))
export type NewUser = z.infer<typeof NewUser>

export const UserChanges = z
  .strictObject({ name: Name.optional(), email: Email.optional(), ...ignored }, body)
  .transform(({ name, email }) => ({ name, email }))
export type UserChanges = z.infer<typeof UserChanges>

const positiveInteger = (max: number, error: string) =>
  z
    .string({ error: 'must be given once' })
    .regex(/^[1-9]\d*$/, { error, abort: true })
    .transform(Number)
    .refine((value) => value <= max, { error })

export const UserId = z.strictObject({
  id: positiveInteger(Number.MAX_SAFE_INTEGER, 'must be an integer from 1 to 2^53 - 1'),
})

export const Page = z.strictObject({
  limit: positiveInteger(100, 'must be an integer from 1 to 100').default(50),
  cursor: z.string({ error: 'must be given once' }).optional(),
})
export type Page = z.infer<typeof Page>

/** A user as a client sees one. */
export type User = {
  id: number
  name: string
  email: string
  version: number
  createdAt: string
  updatedAt: string
}

/** Names every field, so that a new column stays inside until it is let out here. */
export const toResponse = ({ id, name, email, version, createdAt, updatedAt }: UserRow): User => ({
  id,
  name,
  email,
  version,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
})
