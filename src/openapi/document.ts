import type { RouterRoute } from 'hono/types'
import type * as z from 'zod/mini'
import packageJson from '../../package.json' with { type: 'json' }
import { patchTypes } from '../http/patch-types.ts'
import type { ProblemCode } from '../problem-statuses.ts'
import { scopeTexts } from '../resources.ts'
import type { ProblemText } from './common-problem-texts.ts'
import { createSchemas, reference } from './components.ts'
import { type Demands, demandsOf } from './demands.ts'
import { answerHeaders, type HeaderName, headers } from './headers.ts'
import { createParameters, type Enumerations, type ParameterTexts } from './parameters.ts'
import { createProblemExamples, groupByStatus, type ProblemTexts } from './problems.ts'

type Answer = {
  description: string
  headers?: readonly HeaderName[]
  content?: object
  links?: object
}

/** What the route of an operation does not say itself, by its `allow` and `validate`. */
type Operation = {
  operationId: string
  summary: string
  description?: string
  /** What its parameters are for, where the texts of its contract do not hold. */
  parameters?: ParameterTexts
  /** Of a path that the route does not validate. */
  path?: z.ZodMiniType<object>
  /** An example of its body, which the service accepts. */
  bodyExample?: unknown
  /** A body that is not JSON, by media type. */
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

/** OpenAPI 3.1. Throws TypeError for a route that no contract tells of, and for an operation without one. */
export function createDocument(
  texts: { summary: string; description: string },
  routes: readonly RouterRoute[],
  contracts: readonly Contract[],
  problemTexts: ProblemTexts,
) {
  const components = { responses: new Map<string, object>(), enumerations: new Map() }
  const demands = demandsOf(routes)
  tellEach(demands, contracts)

  const paths = Object.fromEntries(
    contracts.flatMap(({ tag, operations, parameters = {} }) =>
      Object.entries(operations).map(([path, methods]) => [
        path,
        Object.fromEntries(
          Object.entries(methods).map(([method, operation]) => [
            method,
            createOperation(
              operation,
              demandsAt(demands, `${method} ${path}`),
              { tag, parameters, method, under: fixedParts(path) },
              components,
            ),
          ]),
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
            `has one. ${scopesInWords}`,
        },
      },
    },
  }
}

const scopesInWords = `Each has some of these scopes:\n\n${Object.entries(scopeTexts)
  .map(([scope, text]) => `- \`${scope}\`: ${text}`)
  .join('\n')}`

/** `teams-members` of `/teams/{id}/members`. */
const fixedParts = (path: string) => path.match(/(?<=\/)[^/{]+/g)?.join('-') ?? ''

const authProblems = ['unauthenticated', 'insufficient-scope', 'rate-limited'] as const
const transportProblems = ['invalid-host', 'insecure-transport', 'local-only'] as const

type AllDemands = ReadonlyMap<string, Demands>

/** Throws TypeError for a route of which no contract tells. */
function tellEach(demands: AllDemands, contracts: readonly Contract[]): void {
  const told = contracts.flatMap(({ operations }) =>
    Object.entries(operations).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    ),
  )
  const untold = [...demands.keys()].find((name) => !told.includes(name))
  if (untold !== undefined) {
    throw new TypeError(`A route answers ${untold}, of which no contract tells.`)
  }
}

/** Throws TypeError for an operation that no route answers. */
function demandsAt(demands: AllDemands, name: string): Demands {
  const found = demands.get(name)
  if (!found) {
    throw new TypeError(`A contract tells of ${name}, which no route answers.`)
  }
  return found
}

type Place = Required<Pick<Contract, 'tag' | 'parameters'>> & { method: string; under: string }

function createOperation(
  { parameters: own, path, bodyExample, body, answers, problems, ...texts }: Operation,
  { scope, param = path, query, header, json }: Demands,
  { tag, parameters: ofAll, method, under }: Place,
  { responses, enumerations }: { responses: Map<string, object>; enumerations: Enumerations },
) {
  const context = { under, texts: { ...ofAll, ...own }, enumerations }
  const parameters = [
    ...(param ? createParameters('path', param, context) : []),
    ...(query ? createParameters('query', query, context) : []),
    ...(header ? createParameters('header', header, context) : []),
  ]
  const content = json ? bodyOf(json, method, bodyExample) : body
  const isPublic = scope === 'public'
  const failures = groupByStatus([
    ...(isPublic ? [] : authProblems).filter(
      (code) => code !== 'insufficient-scope' || scope !== 'known',
    ),
    ...transportProblems,
    ...problems,
    'method-not-allowed',
    'internal-error',
    ...(isPublic ? [] : (['identity-provider-unavailable'] as const)),
  ])
  for (const { name, response } of failures) {
    responses.set(name, response)
  }
  return {
    tags: [tag.name],
    ...texts,
    security: isPublic ? [] : [{ bearer: scope === 'known' ? [] : [scope] }],
    ...(parameters.length > 0 && { parameters }),
    ...(content && { requestBody: { required: true, content } }),
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

/** A merge patch may also come as plain JSON. */
function bodyOf(schema: z.ZodMiniType, method: string, example: unknown) {
  const types = method === 'patch' ? patchTypes : (['application/json'] as const)
  const body = { schema: reference(schema), example }

  return Object.fromEntries(types.map((type) => [type, body]))
}

const sorted = (components: ReadonlyMap<string, object>) =>
  Object.fromEntries([...components].sort(([one], [other]) => (one < other ? -1 : 1)))

const mapValues = <Value, Result>(
  record: Readonly<Record<string, Value>>,
  change: (value: Value) => Result,
): Record<string, Result> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
