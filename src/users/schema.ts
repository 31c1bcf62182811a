import * as z from 'zod/mini'
import {
  emailMaxLength,
  emailRule,
  nameMaxLength,
  nameRules,
  newNameRules,
  type Rule,
} from '../rules.ts'

const text = () =>
  z.string({ error: ({ input }) => (input === undefined ? 'is missing' : 'must be a string') })

const holds = ({ pattern, detail }: Rule) => z.regex(new RegExp(pattern, 'u'), { error: detail })

/** To UTF-16 units of a code point that NFC leaves as it is: U+16D6A comes apart into the most. */
const maxDecomposition = 6

/** Longer runs no script needs. Normalising takes the square of them (UAX #15 section 13, Stream-Safe). */
const tooManyMarks = /(?:^|\P{M})\p{M}{31}/u

const isStreamSafe = (value: string) => !tooManyMarks.test(value)

/**
 * A text of so many code points in NFC, which it is brought into. What must be too long is refused
 * before anything reads it, and what is not safe to normalise stays as it is.
 */
function inNfc(min: number, max: number) {
  const error = `must have ${min} to ${max} characters`
  return [
    z.refine<string>(({ length }) => length <= max * maxDecomposition, { error, abort: true }),
    z.overwrite<string>((value) => (isStreamSafe(value) ? value.normalize('NFC') : value)),
    z.refine<string>(
      (value) => {
        const { length } = [...value]
        return length >= min && length <= max
      },
      { error, abort: true },
    ),
  ] as const
}

const streamSafe = z.refine<string>(isStreamSafe, {
  error: 'must not have more than 30 combining marks in a row',
})

/** As the table holds one. */
export const Name = text().check(
  ...inNfc(1, nameMaxLength),
  holds(nameRules.controls),
  holds(nameRules.start),
  holds(nameRules.end),
  holds(nameRules.visible),
)

export const NewName = Name.check(holds(newNameRules.directions), streamSafe)

const isEmail = [
  z.maxLength(emailMaxLength, {
    error: `must have at most ${emailMaxLength} characters`,
    abort: true,
  }),
  holds(emailRule),
] as const

export const Email = text().check(...isEmail)

/** What the service sets itself. Accepted and ignored, so that what was read can be sent back. */
const ignored = {
  id: z.optional(z.unknown()),
  version: z.optional(z.unknown()),
  createdAt: z.optional(z.unknown()),
  updatedAt: z.optional(z.unknown()),
}

const body = { error: 'must be a JSON object' }

export const NewUser = z.pipe(
  z.strictObject({ name: NewName, email: Email, ...ignored }, body),
  z.transform(({ name, email }) => ({ name, email })),
)
export type NewUser = z.infer<typeof NewUser>

export const UserChanges = z.pipe(
  z.strictObject({ name: z.optional(NewName), email: z.optional(Email), ...ignored }, body),
  z.transform(({ name, email }) => ({ name, email })),
)
export type UserChanges = z.infer<typeof UserChanges>

/** Of a query, where a parameter that is repeated comes as an array. */
const once = () => z.string({ error: 'must be given once' })

const positiveInteger = (max: number, error: string) =>
  z.pipe(
    once().check(z.regex(/^[1-9]\d*$/, { error })),
    z.pipe(z.transform(Number), z.number({ error }).check(z.maximum(max, { error }))),
  )

export const UserId = z.strictObject({
  id: positiveInteger(Number.MAX_SAFE_INTEGER, 'must be an integer from 1 to 2^53 - 1'),
})

/** Ascending, or descending after a minus. */
const sorts = ['id', '-id', 'name', '-name', 'email', '-email'] as const

/** Code points. Fewer than `part` make no trigram: they are looked for at the start alone. */
export const searchLength = { min: 2, part: 3, max: 100 }

const filters = {
  /** The whole email, whatever its case. */
  email: z.optional(once().check(...isEmail)),
  /** A part of the name or the email, or the start of one, whatever its case. */
  q: z.optional(
    once().check(
      ...inNfc(searchLength.min, searchLength.max),
      holds(nameRules.controls),
      streamSafe,
    ),
  ),
}

export const UserFilters = z.strictObject(filters)
export type UserFilters = z.infer<typeof UserFilters>

export const UserList = z.strictObject({
  limit: z._default(positiveInteger(100, 'must be an integer from 1 to 100'), 50),
  cursor: z.optional(once()),
  sort: z._default(z.enum(sorts, { error: `must be one of ${sorts.join(', ')}` }), 'id'),
  count: z.optional(z.enum(['exact'], { error: 'must be exact, or left out' })),
  ...filters,
})
export type UserList = z.infer<typeof UserList>

export const UserImport = z.strictObject({
  /** What to do with a line whose email there is already. */
  onConflict: z._default(z.enum(['skip', 'update'], { error: 'must be skip or update' }), 'skip'),
})
export type UserImport = z.infer<typeof UserImport>
