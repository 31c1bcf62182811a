import { test as base, expect, inject } from 'vitest'
import { guardedOperations, scopeOf } from './contract.ts'
import { cloneDatabase } from './database.ts'
import { acceptKeys, testKey } from './keys.ts'
import { isOfRow } from './samples/collections.ts'
import { createSampler } from './samples/sampler.ts'
import { type Answer, type Service, startService } from './service.ts'
import { asWorker } from './worker-role.ts'

export const all = testKey('all')

/** Starts the service with these variables, and makes the rows that its paths name. */
export const matrixTest = (variables: () => Promise<Record<string, string>>) =>
  base
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
    .extend('database', { scope: 'file' }, async ({}, { onCleanup }) => {
      const database = await cloneDatabase(inject('postgresUrl'), inject('templateUrl'))
      onCleanup(() => database.drop())
      return database
    })
    .extend('service', { scope: 'file' }, async ({ database }, { onCleanup }) => {
      const service = await startService(inject('workerDir'), {
        DATABASE_URL: asWorker(database.url),
        NEON_ENDPOINT: inject('endpointUrl'),
        ...acceptKeys(all),
        ...(await variables()),
      })
      onCleanup(() => service.close())
      return service
    })
    /** The same paths of rows that are there. */
    .extend('existing', { scope: 'file' }, async ({ service }) => {
      const sampler = createSampler((method, path, body, headers) =>
        service.request(method, path, body, { ...headers, ...all.headers }),
      )
      const paths = new Map<string, string>()
      for (const { template } of guardedOperations) {
        if (!paths.has(template)) {
          const path = await sampler.pathOf(template)
          paths.set(template, path)
          paths.set(`${template}/nowhere`, `${path}/nowhere`)
        }
      }
      return paths
    })

type Route = { method: string; template: string }

/** Every operation that is not public. */
export const guarded = guardedOperations.flatMap(({ method, template, operation }) => {
  const scope = `${scopeOf(operation)}`
  return [
    ...(method === 'GET' ? [{ method: 'HEAD', template, scope }] : []),
    { method, template, scope },
  ]
})

const templates = [...new Set(guarded.map(({ template }) => template))]

/** And the methods that the same paths do not have, and paths below them that nobody serves. */
export const unrouted: Route[] = [
  ...templates,
  ...templates.filter(isOfRow).map((template) => `${template}/nowhere`),
].flatMap((template) =>
  ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']
    .filter(
      (method) => !guarded.some((each) => each.method === method && each.template === template),
    )
    .map((method) => ({ method, template })),
)

export const missing = (template: string) => template.replaceAll(/\{\w+\}/g, '4711')

/** All of an answer that does not name the request. */
const gist = ({ status, headers, text }: Answer) => ({
  status,
  headers: [...headers].filter(
    ([name]) => !['date', 'server-timing', 'x-request-id'].includes(name),
  ),
  text: text.replace(/"instance":"[^"]+"/, ''),
})

export const bearer = (token: string) => `Bearer ${token}`

export const withAuthorization = (value: string | undefined): Record<string, string> =>
  value === undefined ? {} : { Authorization: value }

type Matrix = { service: Service; existing: ReadonlyMap<string, string> }

/** The same answer for what exists and for what does not. */
export async function expectRefusal(
  { service, existing }: Matrix,
  { method, template }: Route,
  headers: Record<string, string>,
  status: number,
): Promise<Answer> {
  const [one, other] = await Promise.all([
    service.request(method, `${existing.get(template)}`, undefined, headers),
    service.request(method, missing(template), undefined, headers),
  ])
  expect(one.status, `${method} ${template}`).toBe(status)
  expect(gist(one), `${method} ${template}`).toEqual(gist(other))
  return one
}

/** Those by which a row is read. */
export const readsOfRow = guarded.filter(
  ({ method, template }) => method === 'GET' && isOfRow(template),
)
