import type * as z from 'zod/mini'
import packageJson from '../../package.json' with { type: 'json' }
import type { ProblemCode } from '../problem-statuses.ts'
import { type Scope, scopes } from '../resources.ts'
import type { ProblemText } from './common-problem-texts.ts'
import { createSchemas } from './components.ts'
import { answerHeaders, type HeaderName, headers } from './headers.ts'
import { createParameters, type Enumerations, type ParameterTexts } from './parameters.ts'
import { createProblemExamples, groupByStatus, type ProblemTexts } from './problems.ts'

type Answer = {
  description: string
  headers?: readonly HeaderName[]
  content?: object
  links?: object
}

type Operation = {
  operationId: string
  summary: string
  description?: string
  /** What a caller's credential must allow, or `any` credential. Without it the path is public. */
  scope?: Scope | 'any'
  /** What its parameters are for, where the texts of its contract do not hold. */
  parameters?: ParameterTexts
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

type Operations = Readonly<Record<string, Readonly<Record<string, Operation>>>>

/** What a folder of `src/` serves. */
export type Contract = {
  /** Under which the documentation lists it. */
  tag: { name: string; description: string }
  operations: Operations
  /** What the parameters of its paths and queries are for. */
  parameters?: ParameterTexts
  /** Of the problems that it alone answers with. */
  problems?: Readonly<Record<string, ProblemText>>
}

/** OpenAPI 3.1. */
export function createDocument(
  texts: { summary: string; description: string },
  contracts: readonly Contract[],
  problemTexts: ProblemTexts,
) {
  const components = { responses: new Map<string, object>(), enumerations: new Map() }

  const paths = Object.fromEntries(
    contracts.flatMap(({ tag, operations, parameters = {} }) =>
      Object.entries(operations).map(([path, methods]) => [
        path,
        mapValues(methods, (operation) =>
          createOperation(operation, { tag, parameters, under: fixedParts(path) }, components),
        ),
      ]),
    ),
  )
  return {
    openapi: '3.1.1',
    info: {
      title: packageJson.name,
      version: packageJson.version,
      ...texts,
      license: { name: packageJson.license, identifier: packageJson.license },
    },
    servers: [{ url: '/', description: 'The service that serves this document.' }],
    tags: contracts.map(({ tag }) => tag),
    paths,
    components: {
      schemas: { ...createSchemas(), ...sorted(components.enumerations) },
      responses: sorted(components.responses),
      headers,
      examples: createProblemExamples(problemTexts),
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

/** `teams-members` of `/teams/{id}/members`. */
const fixedParts = (path: string) => path.match(/(?<=\/)[^/{]+/g)?.join('-') ?? ''

const authProblems = ['unauthenticated', 'insufficient-scope', 'rate-limited'] as const
const transportProblems = ['invalid-host', 'insecure-transport', 'local-only'] as const

type Place = Required<Pick<Contract, 'tag' | 'parameters'>> & { under: string }

function createOperation(
  {
    scope,
    parameters: own,
    path,
    query,
    header = [],
    body,
    answers,
    problems,
    ...texts
  }: Operation,
  { tag, parameters: ofAll, under }: Place,
  { responses, enumerations }: { responses: Map<string, object>; enumerations: Enumerations },
) {
  const context = { under, texts: { ...ofAll, ...own }, enumerations }
  const parameters = [
    ...(path ? createParameters('path', path, context) : []),
    ...(query ? createParameters('query', query, context) : []),
    ...header.flatMap((schema) => createParameters('header', schema, context)),
  ]
  const failures = groupByStatus([
    ...(scope ? authProblems : []).filter(
      (code) => code !== 'insufficient-scope' || scope !== 'any',
    ),
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
    tags: [tag.name],
    ...texts,
    security: scope ? [{ bearer: scope === 'any' ? [] : [scope] }] : [],
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

const sorted = (components: ReadonlyMap<string, object>) =>
  Object.fromEntries([...components].sort(([one], [other]) => (one < other ? -1 : 1)))

const mapValues = <Value, Result>(
  record: Readonly<Record<string, Value>>,
  change: (value: Value) => Result,
): Record<string, Result> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
