import * as z from 'zod/mini'
import { pathOf } from './components.ts'
import { enumNames } from './enum-names.ts'
import { portable } from './portable-patterns.ts'

type Place = 'path' | 'query' | 'header'

export type ParameterTexts = Readonly<
  Record<
    string,
    {
      description: string
      example?: unknown
      schema?: object
      /** The name of its enumeration, where the path and its own would not do. */
      id?: string
    }
  >
>

/** By name. Generators give an enumeration without one a name for each operation. */
export type Enumerations = Map<string, object>

/** Of those that mean the same everywhere. */
const common: ParameterTexts = {
  'If-Match': {
    description:
      'Does it only at one of these versions, else 412: entity tags as `ETag` gives them, or `*` for ' +
      'any (RFC 9110 section 13.1.1). An empty one is no condition: the runtime drops it.',
    example: '"1"',
  },
  'If-None-Match': {
    description:
      'Does it only at none of these versions, else 304 for a read and 412 for a write (RFC 9110 ' +
      'section 13.1.2).',
    example: '"7"',
  },
  'Idempotency-Key': {
    description:
      'A key of your own for this creation, bare or in quotes, such as a UUID. Whoever repeats the ' +
      'request with it, within 24 hours, gets what the first one created, and no second one.',
    example: '9b0b5a0e-4a0c-4b52-9d2c-2f6d1f1d7a44',
    schema: { maxLength: 257 },
  },
  id: { description: 'The id.', example: 26, schema: { format: 'int64' } },
  limit: {
    description: 'How many a page holds at most.',
    example: 2,
    schema: { format: 'int32' },
  },
  cursor: {
    description:
      'Where the page begins: from the `next` link of the page before it, unchanged. It is good for ' +
      'one sort and one set of filters; `limit` and `count` may change.',
  },
  sort: { description: 'The order, descending after a minus. Text is compared by code points.' },
  count: { description: 'Asks for `X-Total-Count`.', example: 'exact' },
}

/** `under` are the fixed parts of the path: two lists of a resource may have different orders. */
type Context = { under: string; texts: ParameterTexts; enumerations: Enumerations }

/**
 * One for each field of a schema that validates a path, a query or headers. `texts` is what the schemas do
 * not say: why one would want it, and what JSON Schema must be told by hand.
 */
export function createParameters(
  place: Place,
  schema: z.core.$ZodType,
  { under, texts, enumerations }: Context,
) {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' })
  // A transform has no output that could be told; then the input is all there is.
  const outputs = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }).properties ?? {}

  return Object.entries(properties).map(([key, input]) => {
    const name = place === 'header' ? headerName(key) : key
    const text = texts[name] ?? common[name]
    if (text === undefined) {
      throw new TypeError(`The contract does not say what the parameter ${name} is for.`)
    }
    const { description, example, schema: additions, id = pascal(under) + pascal(name) } = text
    const own = portable({ ...fromText(input, outputs[key]), ...additions })
    if (own.enum) {
      setEnumeration(enumerations, id, { ...own, ...enumNames(own.enum) })
    }
    return {
      name,
      in: place,
      description,
      ...(required.includes(key) && { required: true }),
      schema: own.enum ? { $ref: pathOf(id) } : own,
      ...(example !== undefined && { example }),
    }
  })
}

function setEnumeration(enumerations: Enumerations, id: string, schema: object): void {
  if (JSON.stringify(enumerations.get(id) ?? schema) !== JSON.stringify(schema)) {
    throw new TypeError(
      `Two parameters have the enumeration ${id}, with other values: give one an \`id\` of its own.`,
    )
  }
  enumerations.set(id, schema)
}

/** As a path and a query are text, a number comes as one: digits, with no sign and no leading zero. */
const fromText = (
  input: JsonSchema,
  output: JsonSchema | undefined,
): z.core.JSONSchema.BaseSchema =>
  isObject(input) && isObject(output) && input.type === 'string' && output.type === 'number'
    ? { ...output, type: 'integer' as const, minimum: 1 }
    : Object(input)

type JsonSchema = z.core.JSONSchema._JSONSchema

const isObject = (schema: JsonSchema | undefined): schema is z.core.JSONSchema.BaseSchema =>
  typeof schema === 'object'

const pascal = (name: string) => name.replaceAll(/(?:^|-)(\w)/g, (_, first) => first.toUpperCase())

/** As RFC 9110 writes it. */
const headerName = (key: string) => key.replace(/(?:^|-)./g, (start) => start.toUpperCase())
