import * as z from 'zod/mini'
import { problems } from '../problem-statuses.ts'
import { enumNames } from './enum-names.ts'
import { portable } from './portable-patterns.ts'

/** What a schema that validates does not say itself. With an `id` it is a component of its own. */
type Metadata = {
  id?: string
  description?: string
  format?: string
  minLength?: number
  maxLength?: number
  /** In place of several: it says all that the schema does. */
  pattern?: string
  'x-enum-varnames'?: readonly string[]
  examples?: readonly unknown[]
}

export const described = z.registry<Metadata>()

export const moment = (description: string) =>
  z.string().register(described, {
    description,
    format: 'date-time',
    examples: ['2026-11-22T09:16:49.185Z'],
  })

const place = (description: string, examples: readonly string[]) =>
  z.string().register(described, { description, examples })
const faultDetail = () =>
  z.string().register(described, { description: 'What must hold. It never repeats a value.' })

const problemTypes = Object.keys(problems).map((code) => `/problems/${code}`)

const ProblemType = z.enum(problemTypes).register(described, {
  id: 'ProblemType',
  description: 'For programs. At this path people find what to do.',
  ...enumNames(problemTypes),
})

const Fault = z
  .union([
    z
      .strictObject({
        pointer: place('JSON Pointer (RFC 6901) into the body.', ['/email']),
        detail: faultDetail(),
      })
      .register(described, { id: 'BodyFault' }),
    z
      .strictObject({
        parameter: place('A part of the path, or a parameter of the query.', ['limit']),
        detail: faultDetail(),
      })
      .register(described, { id: 'ParameterFault' }),
    z
      .strictObject({ header: place('A header.', ['If-Match']), detail: faultDetail() })
      .register(described, { id: 'HeaderFault' }),
  ])
  .register(described, { id: 'Fault', description: 'Where a fault stands, and what it is.' })

export const Problem = z
  .strictObject({
    type: ProblemType,
    title: z.string(),
    status: z
      .int32()
      .check(z.minimum(400), z.maximum(599))
      .register(described, { format: 'int32' }),
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

export const pathOf = (name: string) => `#/components/schemas/${name}`

/** Throws TypeError for a schema that has no name. */
export function reference(schema: z.core.$ZodType) {
  const name = described.get(schema)?.id
  if (name === undefined) {
    throw new TypeError(
      'The schema of a body has no name: give it one by .register(described, { id }).',
    )
  }
  return { $ref: pathOf(name) }
}

/** Every schema with an `id`, as JSON Schema. */
export function createSchemas() {
  const { schemas } = z.toJSONSchema(described, {
    io: 'input',
    metadata: described,
    unrepresentable: 'any',
    uri: pathOf,
    override: ({ zodSchema, jsonSchema }) => {
      if (jsonSchema.type === 'integer') {
        jsonSchema.format ??= (jsonSchema.maximum ?? Infinity) > 2 ** 31 - 1 ? 'int64' : 'int32'
      }
      const whole = described.get(zodSchema)
      if (whole?.pattern !== undefined) {
        delete jsonSchema.allOf
        delete jsonSchema.$ref
        Object.assign(jsonSchema, { type: 'string' }, whole)
      }
    },
  })
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema, $id, id, ...schema }]) => [
      name,
      portable(schema),
    ]),
  )
}
