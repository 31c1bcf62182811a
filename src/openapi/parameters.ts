import * as z from 'zod/mini'
import { searchLength } from '../users/schema.ts'

type Place = 'path' | 'query' | 'header'

/** What the schemas do not say: why one would want it, and what JSON Schema must be told by hand. */
const texts: Readonly<Record<string, { description: string; example?: unknown; schema?: object }>> =
  {
    id: { description: 'The id of the user.', example: 26, schema: { format: 'int64' } },
    code: { description: 'The last part of the `type` of a problem.', example: 'email-taken' },
    file: { description: 'A file of the page `/docs`.', example: 'docs.css' },
    limit: { description: 'How many users a page holds at most.', example: 2 },
    cursor: {
      description:
        'Where the page begins: from the `next` link of the page before it, unchanged. It is good for ' +
        'one sort and one set of filters; `limit` and `count` may change.',
    },
    sort: {
      description:
        'The order, descending after a minus. Names and emails are compared by code points.',
      example: '-name',
    },
    count: { description: 'Asks for `X-Total-Count`.', example: 'exact' },
    email: {
      description: 'Only the user with this email, whatever its case.',
      example: 'ada@example.com',
    },
    q: {
      description:
        'Only users with this text in the name or the email: three or more characters anywhere, two ' +
        'at the start of either. Upper and lower case are the same, letter by letter, by the locale ' +
        'of the database, usually `C.UTF-8`: `É` is `é` and `İ` is `i`, but `ß` is not `ss`, and `Σ` ' +
        'is not `ς`. It is brought into Unicode NFC first, and has at most 30 combining marks in a ' +
        'row. `%` and `_` stand for themselves.',
      example: 'lovelace',
      schema: { minLength: searchLength.min, maxLength: searchLength.max },
    },
    onConflict: {
      description:
        'What to do with a line whose email there is already: leave the user as it is, or update it.',
      example: 'update',
    },
    'If-Match': {
      description:
        'Does it only while the user is at one of these versions, else 412: entity tags as `ETag` ' +
        'gives them, or `*` for any (RFC 9110 section 13.1.1). An empty one is no condition: the ' +
        'runtime drops it.',
      example: '"1"',
    },
    'If-None-Match': {
      description:
        'Does it only while the user is at none of these versions, else 304 for a read and 412 for a ' +
        'write (RFC 9110 section 13.1.2).',
      example: '"7"',
    },
    'Idempotency-Key': {
      description:
        'A key of your own for this user, bare or in quotes, such as a UUID. Whoever repeats the ' +
        'request with it, within 24 hours, gets the user that the first one created, and no second ' +
        'one.',
      example: '9b0b5a0e-4a0c-4b52-9d2c-2f6d1f1d7a44',
    },
  }

/** One for each field of a schema that validates a path, a query or headers. */
export function createParameters(place: Place, schema: z.core.$ZodType) {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' })
  // A transform has no output that could be told; then the input is all there is.
  const outputs = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }).properties ?? {}

  return Object.entries(properties).map(([key, input]) => {
    const name = place === 'header' ? headerName(key) : key
    const { description, example, schema: additions } = texts[name] ?? { description: '' }
    return {
      name,
      in: place,
      description,
      ...(required.includes(key) && { required: true }),
      schema: { ...fromText(input, outputs[key]), ...additions },
      ...(example !== undefined && { example }),
    }
  })
}

/** As a path and a query are text, a number comes as one: digits, with no sign and no leading zero. */
const fromText = (input: JsonSchema, output: JsonSchema | undefined) =>
  isObject(input) && isObject(output) && input.type === 'string' && output.type === 'number'
    ? { ...output, type: 'integer', minimum: 1 }
    : Object(input)

type JsonSchema = z.core.JSONSchema._JSONSchema

const isObject = (schema: JsonSchema | undefined): schema is z.core.JSONSchema.BaseSchema =>
  typeof schema === 'object'

/** As RFC 9110 writes it. */
const headerName = (key: string) => key.replace(/(?:^|-)./g, (start) => start.toUpperCase())
