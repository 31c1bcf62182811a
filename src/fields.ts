import * as z from 'zod/mini'
import { emailMaxLength, emailRule } from './email-rule.ts'
import { findInvisible } from './invisible.ts'
import { multilineRule } from './multiline-rule.ts'
import { nameMaxLength, nameRules, newNameRules } from './name-rules.ts'
import type { Rule } from './rule.ts'

// The fields that requests of several resources have.

/**
 * Any text, also one that PostgreSQL cannot store: `newNameOf`, `multiline` and `oneOf` take none such.
 *
 * @public
 */
export const text = () =>
  z.string({ error: ({ input }) => (input === undefined ? 'is missing' : 'must be a string') })

/** With `abort` a text that breaks the rule gets this fault alone. */
export const matchesRule = ({ pattern, detail }: Rule, { abort = false } = {}) =>
  z.regex(new RegExp(pattern, 'u'), { error: detail, abort })

/** In UTF-16 units, of one code point in NFC. U+16D6A has the longest decomposition. */
const maxDecomposition = 6

/**
 * No script needs longer runs. Normalising takes the square of their length (UAX #15 section 13).
 */
const tooManyMarks = /(?:^|\P{M})\p{M}{31}/u

const isStreamSafe = (value: string) => !tooManyMarks.test(value)

/**
 * Normalises a text to NFC, and demands that it then has `min` to `max` code points. A text that
 * must be too long is refused before it is normalised. One that is not safe to normalise stays as
 * it is.
 */
export function inNfc(min: number, max: number) {
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

export const streamSafe = z.refine<string>(isStreamSafe, {
  error: 'must not have more than 30 combining marks in a row',
})

/** A name as tables have it, of one code point to `max`: `nameChecks` demand the same. */
const nameOf = (max: number) =>
  text().check(
    ...inNfc(1, max),
    // A blank name also begins and ends with white space, which would be three faults for one mistake.
    matchesRule(nameRules.visible, { abort: true }),
    matchesRule(nameRules.controls),
    matchesRule(nameRules.start),
    matchesRule(nameRules.end),
  )

/** A name that a request brings, or another text of one line, such as a title. */
export const newNameOf = (max: number) =>
  nameOf(max).check(matchesRule(newNameRules.directions), streamSafe)

export const Name = nameOf(nameMaxLength)
export const NewName = newNameOf(nameMaxLength)

/**
 * A text that may have several lines, of `min` to `max` code points: `multilineChecks` demand the same.
 *
 * @public
 */
export const multiline = (min: number, max: number) =>
  text().check(...inNfc(min, max), matchesRule(multilineRule), streamSafe)

/** Demands that a text is an email address. A text that is too long gets this fault alone. */
export const emailText = (schema: z.ZodMiniString) =>
  schema.check(
    z.maxLength(emailMaxLength, {
      error: `must have at most ${emailMaxLength} characters`,
      abort: true,
    }),
    z.regex(new RegExp(emailRule.pattern, 'u'), {
      error: ({ input }) => emailFault(String(input)),
    }),
  )

/** Nobody sees what is wrong with an address that came with an invisible character. */
function emailFault(value: string): string {
  const invisible = findInvisible(value)
  if (invisible) {
    return `must not hold the invisible character ${invisible}`
  }
  return value.endsWith('.') ? 'must not end with a dot' : emailRule.detail
}

export const Email = emailText(text())

/**
 * One of some words.
 *
 * @public
 */
export const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, {
    error: ({ input }) =>
      input === undefined ? 'is missing' : `must be one of ${words.join(', ')}`,
  })

/** @public */
export const flag = () =>
  z.boolean({
    error: ({ input }) => (input === undefined ? 'is missing' : 'must be true or false'),
  })

const momentError = 'must be a date and a time with its zone, such as 2026-11-22T09:16:49Z'

/** What a Date and PostgreSQL both read and write with four digits of the year. */
const isKnownYear = (text: string) => {
  const time = Date.parse(text)
  return (
    time >= Date.parse('0001-01-01T00:00:00Z') && time <= Date.parse('9999-12-31T23:59:59.999Z')
  )
}

/**
 * A moment in a body (RFC 3339). Of a second it keeps the milliseconds, as tables do.
 *
 * @public
 */
export const moment = () => momentIn(text())

/** The same in a query. */
export const queryMoment = () => momentIn(queryText())

const momentIn = (schema: z.ZodMiniString) =>
  z.pipe(
    schema.check(
      z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/, {
        error: momentError,
        abort: true,
      }),
      z.refine<string>((value) => !Number.isNaN(Date.parse(value)), {
        error: momentError,
        abort: true,
      }),
      z.refine<string>(isKnownYear, { error: 'must be in the years 1 to 9999 in UTC' }),
    ),
    z.transform((value) => new Date(value)),
  )

/**
 * The fields that the service sets itself: ignored, so that a client can send back what it has
 * read.
 */
const ignored = {
  id: z.optional(z.unknown()),
  version: z.optional(z.unknown()),
  createdAt: z.optional(z.unknown()),
  updatedAt: z.optional(z.unknown()),
}

const object = <Shape extends z.core.$ZodShape>(shape: Shape) =>
  z.strictObject(shape, { error: 'must be a JSON object' })

/** All fields of something new. Others than these and `ignored` are refused. */
export function whole<Shape extends z.core.$ZodShape>(shape: Shape) {
  const all = object({ ...shape, ...ignored })
  return z.pipe(
    all,
    // Without the ignored fields, this is what the plain schema would give.
    z.transform((value: z.output<typeof all>) => own(value) as z.output<z.ZodMiniObject<Shape>>),
  )
}

/** Changes of these fields: what is left out stays as it is. */
export function changes<Shape extends z.core.$ZodShape>(shape: Shape) {
  const some = z.partial(object(shape))
  const all = z.extend(some, ignored)
  return z.pipe(
    all,
    z.transform((value: z.output<typeof all>) => own(value) as z.output<typeof some>),
  )
}

/** Without the fields that the service sets itself. */
const own = (value: object): unknown =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !Object.hasOwn(ignored, name)))

/** A parameter of the query. A repeated one comes as an array, and is refused: `faultsOf`. */
export const queryText = () => z.string()

/** Of a parameter, in a path or a query. The type of its text tells the client that it is a number. */
export const positiveInteger = (max: number, error: string): z.ZodMiniType<number, `${number}`> =>
  z.pipe(
    queryText().check(z.regex(/^[1-9]\d*$/, { error })) as z.ZodMiniType<string, `${number}`>,
    z.pipe(z.transform(Number), z.number({ error }).check(z.maximum(max, { error }))),
  )

const idError = 'must be an integer from 1 to 2^53 - 1'

/** Of a row, in a path or a query. */
export const id = () => positiveInteger(Number.MAX_SAFE_INTEGER, idError)

/**
 * Of a row whose id is one, in a path or a query.
 *
 * @public
 */
export const uuid = () =>
  queryText().check(
    // The contract shows the pattern without its flags: so it has none.
    z.regex(/^[\dA-Fa-f]{8}(?:-[\dA-Fa-f]{4}){3}-[\dA-Fa-f]{12}$/, { error: 'must be a UUID' }),
  )

/**
 * A whole number in a body.
 *
 * @public
 */
export const integer = (
  min: number,
  max: number,
  error = `must be an integer from ${min} to ${max}`,
) =>
  z
    .number({ error: ({ input }) => (input === undefined ? 'is missing' : error) })
    .check(z.int({ error, abort: true }), z.minimum(min, { error }), z.maximum(max, { error }))

/**
 * Of a row, in a body.
 *
 * @public
 */
export const rowId = () => integer(1, Number.MAX_SAFE_INTEGER, idError)
