import * as z from 'zod/mini'
import { problems } from '../errors.ts'
import { nameMaxLength } from '../rules.ts'
import { Email, Name, NewName, NewUser, UserChanges } from '../users/schema.ts'

/** What a schema that validates does not say itself. With an `id` it is a component of its own. */
type Metadata = {
  id?: string
  description?: string
  format?: string
  minLength?: number
  maxLength?: number
  examples?: readonly unknown[]
}

const described = z.registry<Metadata>()

Name.register(described, {
  id: 'Name',
  description:
    'No control character, no half of a surrogate pair, no white space at either end, and at least ' +
    'one visible character. The service brings a name into Unicode NFC first, and all of this holds ' +
    'for that form; the length counts its code points. Not visible either, though the pattern cannot ' +
    'say so everywhere, are U+1BCA0 to U+1BCA3, U+1D173 to U+1D17A, and U+E0000 to U+E0FFF.',
  minLength: 1,
  maxLength: nameMaxLength,
  examples: ['Ada Lovelace'],
})

NewName.register(described, {
  id: 'NewName',
  description:
    'A `Name` that overrides or isolates no direction of text (U+202A to U+202E, U+2066 to U+2069), and ' +
    'has at most 30 combining marks in a row. Names that were stored before these two rules stay, ' +
    'also when the rest of their user is changed.',
  minLength: 1,
  maxLength: nameMaxLength,
  examples: ['Ada Lovelace'],
})

Email.register(described, {
  id: 'Email',
  description:
    'A valid email address of the HTML standard with a dot in its domain. Kept as typed, and unique ' +
    'whatever its case.',
  examples: ['ada@example.com'],
})

const ignoredFields =
  '`id`, `version`, `createdAt` and `updatedAt` are accepted with any value and ignored, so that ' +
  'what was read can be sent back.'

NewUser.register(described, {
  id: 'NewUser',
  description: `A whole user. ${ignoredFields}`,
})

UserChanges.register(described, {
  id: 'UserChanges',
  description: `A JSON Merge Patch (RFC 7396): what is left out stays as it is. ${ignoredFields}`,
})

const moment = (description: string) =>
  z.string().register(described, {
    description,
    format: 'date-time',
    examples: ['2026-11-22T09:16:49.185Z'],
  })

const count = (description: string) =>
  z.int().check(z.minimum(0)).register(described, { description })

export const User = z
  .strictObject({
    id: z
      .int()
      .check(z.minimum(1))
      .register(described, { format: 'int64', examples: [26] }),
    name: Name,
    email: Email,
    version: z
      .int()
      .check(z.minimum(1))
      .register(described, {
        description:
          'Counts the changes. What changes nothing does not raise it. The `ETag` is this number.',
        examples: [1],
      }),
    createdAt: moment('When the user was created, in UTC.'),
    updatedAt: moment('When the user was last changed, in UTC.'),
  })
  .register(described, { id: 'User' })

export const Users = z.array(User).register(described, { id: 'Users' })

const RefusedLine = z
  .strictObject({
    line: z
      .int()
      .check(z.minimum(1))
      .register(described, { description: 'The line on which the record begins, from 1.' }),
    pointer: z.string().register(described, {
      description: 'JSON Pointer (RFC 6901) to the field; empty for the whole line.',
      examples: ['/email'],
    }),
    detail: z.string().register(described, { description: 'What is wrong, without the value.' }),
  })
  .register(described, { id: 'RefusedLine' })

export const ImportResult = z
  .strictObject({
    created: count('Lines that made a user.'),
    updated: count('Lines that changed a user: only with `onConflict=update`.'),
    skipped: count(
      'Lines whose email there is already; with `onConflict=update` those that change nothing.',
    ),
    refused: z.array(RefusedLine).register(described, {
      description: 'Lines that break a rule, each with its first fault. Nothing of them is stored.',
    }),
  })
  .register(described, { id: 'ImportResult' })

export const Health = z
  .strictObject({
    status: z.literal('ok'),
    version: z.string().register(described, { description: 'Of the service.' }),
    versionId: z.string().register(described, { description: 'Of the deployed Worker.' }),
  })
  .register(described, { id: 'Health' })

const place = (description: string, examples: readonly string[]) =>
  z.string().register(described, { description, examples })
const faultDetail = () =>
  z.string().register(described, { description: 'What must hold. It never repeats a value.' })

const Fault = z
  .union([
    z.strictObject({
      pointer: place('JSON Pointer (RFC 6901) into the body.', ['/email']),
      detail: faultDetail(),
    }),
    z.strictObject({
      parameter: place('A part of the path, or a parameter of the query.', ['limit']),
      detail: faultDetail(),
    }),
    z.strictObject({ header: place('A header.', ['If-Match']), detail: faultDetail() }),
  ])
  .register(described, { id: 'Fault', description: 'Where a fault stands, and what it is.' })

export const Problem = z
  .strictObject({
    type: z
      .enum(Object.keys(problems).map((code) => `/problems/${code}`))
      .register(described, { description: 'For programs. At this path people find what to do.' }),
    title: z.string(),
    status: z.int().check(z.minimum(400), z.maximum(599)),
    detail: z.string().register(described, { description: 'A sentence for people.' }),
    instance: z.string().register(described, {
      description: 'The id of the request, which is also its `X-Request-Id`.',
      format: 'uuid',
    }),
    errors: z.optional(
      z.array(Fault).register(described, {
        description: 'Every fault of the first part of the request that has any.',
      }),
    ),
  })
  .register(described, { id: 'Problem', description: 'A problem of RFC 9457.' })

const pathOf = (name: string) => `#/components/schemas/${name}`

export const reference = (schema: z.core.$ZodType) => ({
  $ref: pathOf(described.get(schema)?.id ?? ''),
})

/** Every schema with an `id`, as JSON Schema. */
export function createSchemas() {
  const { schemas } = z.toJSONSchema(described, {
    io: 'input',
    metadata: described,
    unrepresentable: 'any',
    uri: pathOf,
  })
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema, $id, id, ...schema }]) => [
      name,
      JSON.parse(JSON.stringify(schema), portable),
    ]),
  )
}

/** Code points beyond U+FFFF as `\\u{…}`, which Python and others do not read. */
const beyondBmp = /\\u\{\w+\}(?:-\\u\{\w+\})?/g

/** A pattern then allows a little more than the service does, which the description tells. */
const portable = (key: string, value: unknown): unknown =>
  key === 'pattern' && typeof value === 'string' ? value.replaceAll(beyondBmp, '') : value
