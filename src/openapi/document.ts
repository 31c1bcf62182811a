import type * as z from 'zod/mini'
import packageJson from '../../package.json' with { type: 'json' }
import { type Scope, scopes } from '../config.ts'
import type { ProblemCode } from '../errors.ts'
import { createSchemas } from './components.ts'
import { answerHeaders, type HeaderName, headers } from './headers.ts'
import { createParameters } from './parameters.ts'
import { createProblemExamples, groupByStatus } from './problems.ts'

type Answer = {
  description: string
  headers?: readonly HeaderName[]
  content?: object
  links?: object
}

export type Operation = {
  operationId: string
  tags: readonly [string]
  summary: string
  description?: string
  /** What a caller's credential must allow. Without it the path is public. */
  scope?: Scope
  /** The schemas that the route validates with. */
  path?: z.ZodMiniType
  query?: z.ZodMiniType
  header?: readonly z.ZodMiniType[]
  body?: object
  /** By status. */
  answers: Readonly<Record<number, Answer>>
  /** Beside those that every operation has. */
  problems: readonly ProblemCode[]
}

export type Operations = Readonly<Record<string, Readonly<Record<string, Operation>>>>

type Frame = { description: string; tags: readonly { name: string; description: string }[] }

/** Operations by path and method → OpenAPI 3.1. */
export function createDocument({ description, tags }: Frame, operations: Operations) {
  const responses = new Map<string, object>()

  const paths = mapValues(operations, (methods) =>
    mapValues(methods, (operation) => createOperation(operation, responses)),
  )
  return {
    openapi: '3.1.1',
    info: {
      title: packageJson.name,
      version: packageJson.version,
      summary: 'Users, kept at the edge.',
      description,
      license: { name: packageJson.license, identifier: packageJson.license },
    },
    servers: [{ url: '/', description: 'The service that serves this document.' }],
    tags,
    paths,
    components: {
      schemas: createSchemas(),
      responses: Object.fromEntries(
        [...responses].sort(([one], [other]) => (one < other ? -1 : 1)),
      ),
      headers,
      examples: createProblemExamples(),
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description:
            'An API key of the service, or an access token (a JWT) of its identity provider, if it ' +
            `has one. Each is good for some of the scopes ${scopes.join(', ')}.`,
        },
      },
    },
  }
}

const authProblems = ['unauthenticated', 'insufficient-scope', 'rate-limited'] as const
const transportProblems = ['invalid-host', 'insecure-transport', 'local-only'] as const

function createOperation(
  { scope, path, query, header = [], body, answers, problems, ...texts }: Operation,
  responses: Map<string, object>,
) {
  const parameters = [
    ...(path ? createParameters('path', path) : []),
    ...(query ? createParameters('query', query) : []),
    ...header.flatMap((schema) => createParameters('header', schema)),
  ]
  const failures = groupByStatus([
    ...(scope ? authProblems : []),
    ...transportProblems,
    ...problems,
    'method-not-allowed',
    'internal-error',
    ...(scope ? (['identity-provider-unavailable'] as const) : []),
  ])
  for (const { name, response } of failures) {
    responses.set(name, response)
  }
  return {
    ...texts,
    security: scope ? [{ bearer: [scope] }] : [],
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: body } }),
    responses: {
      ...mapValues(answers, ({ headers: names = [], ...answer }) => ({
        ...answer,
        headers: answerHeaders(names),
      })),
      ...Object.fromEntries(
        failures.map(({ status, name }) => [status, { $ref: `#/components/responses/${name}` }]),
      ),
    },
  }
}

const mapValues = <Value, Result>(
  record: Readonly<Record<string, Value>>,
  change: (value: Value) => Result,
): Record<string, Result> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
