import type { Fault } from 'neon-local'
import { startEndpoint } from 'neon-local'
import { expect, inject, onTestFinished } from 'vitest'
import { makeWorkerRole } from '../../scripts/postgres/worker-role.ts'
import { guardedOperations, type ListedOperation } from './contract.ts'
import { cloneDatabase } from './database.ts'
import { acceptKeys, testKey } from './keys.ts'
import { demandSuccess } from './samples/demand-success.ts'
import { refusalsOf } from './samples/refusals.ts'
import { createSampler, type Sample } from './samples/sampler.ts'
import { nextLabel, varyText } from './samples/vary.ts'
import { type Answer, type Service, startService } from './service.ts'

/** In everything that a client, a person or an operator can put in, and in no word of ours. */
export const canary = 'canary'
export const user = { name: 'Canary Canarius', email: 'canary@canary.example.com' }

export const key = testKey('good')
export const poor = testKey('poor', ['users:read'])

/** No answer of a failure may hold these, and no line of the log. */
const planted = [canary, key.key.slice(10), poor.key.slice(10), key.entry.digest, poor.entry.digest]

/** What a client can send beside its request. */
const everywhere = {
  'X-Request-Id': 'canary-request',
  'X-Correlation-Id': 'canary',
  'User-Agent': 'canary/1.0',
  Cookie: 'session=canary',
  Referer: 'https://canary.example.com/canary?canary=canary',
  Origin: 'https://canary.example.com',
  'X-Forwarded-For': 'canary',
  Traceparent: 'canary',
}

export type Sent = [
  status: number,
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
]

/** The example of each operation that is not public, with the word in each of its texts. */
export async function prepareSamples(service: Service) {
  const request: Service['request'] = (method, path, body, headers) =>
    service.request(method, path, body, { ...key.headers, ...headers })
  const reader = createSampler(request, `${canary}${nextLabel()}`)
  const samples: { operation: ListedOperation; sample: Sample }[] = []
  for (const operation of guardedOperations) {
    const { parameters } = operation.operation
    const own = createSampler(request, `${canary}${nextLabel()}`)
    const { label, sample } = operation.method === 'GET' ? reader : own
    const query = Object.fromEntries(
      parameters
        .filter(({ in: place, example }) => place === 'query' && example !== undefined)
        .map(({ name, schema, example }) => [name, varyText(`${example}`, schema, label)]),
    )
    const isKeyed = parameters.some(({ name }) => name === 'Idempotency-Key')
    samples.push({ operation, sample: await sample(operation, { query, isKeyed }) })
  }
  return samples
}

/** All of an answer. But a success holds what was asked for: the user, and the query in its links. */
const textOf = ({ status, headers, text }: Answer) =>
  status < 300 && !text.includes('"refused"') ? '' : JSON.stringify([[...headers], text])

function expectNoCanary(text: string): void {
  for (const each of planted) {
    expect(text.toLowerCase()).not.toContain(each.toLowerCase())
  }
}

export async function send(service: Service, [status, method, path, body, headers]: Sent) {
  const answer = await service.request(method, path, body, {
    ...key.headers,
    ...everywhere,
    ...headers,
  })
  expect(answer.status, `${method} ${path}`).toBe(status)
  expectNoCanary(textOf(answer))
}

const sendSample = (
  service: Service,
  { method, path, body, headers }: Sample,
  credential: Record<string, string> = key.headers,
) => service.request(method, path, body, { ...everywhere, ...credential, ...headers })

type Prepared = Awaited<ReturnType<typeof prepareSamples>>

/** All at once, as most of the time is spent waiting. Whatever it answers: nothing that was planted. */
export async function trySend(
  service: Service,
  samples: Prepared,
  credential?: Record<string, string>,
): Promise<void> {
  const answers = await Promise.all(
    samples.map(({ sample }) => sendSample(service, sample, credential)),
  )
  for (const answer of answers) {
    expectNoCanary(textOf(answer))
  }
}

/** Whatever the contract says is refused; then the sample twice, so that its row is there or gone. */
export async function sendRefusals(
  service: Service,
  { operation, sample }: Prepared[number],
): Promise<void> {
  for (const { what, status, request } of refusalsOf(operation, sample, canary)) {
    const answer = await sendSample(service, request)
    expect(answer.status, `${request.method} ${request.path} ${what}`).toBe(status)
    expectNoCanary(textOf(answer))
  }
  const { status, text } = await sendSample(service, sample)
  demandSuccess(operation, status, text)
  expectNoCanary(textOf(await sendSample(service, sample)))
}

/** The log comes through a pipe, a moment after the answers. */
export async function expectSilentLog(service: Service, marker: string) {
  await service.request('GET', `/${marker}`)
  await expect.poll(() => service.logs().length, { timeout: 5_000 }).toBeGreaterThan(0)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expectNoCanary(service.logs().join('\n'))
}

/** A database whose connection string is made of canaries, and an endpoint that can be spoilt. */
export async function prepare() {
  const stack = new AsyncDisposableStack()
  onTestFinished(() => stack.disposeAsync())
  const database = await cloneDatabase(inject('postgresUrl'), inject('templateUrl'))
  stack.defer(() => database.drop())
  let fault: Fault | undefined
  const endpoint = await startEndpoint({
    postgresUrl: inject('postgresUrl'),
    faults: () => fault,
  })
  stack.defer(() => endpoint.close())
  const workerDir = inject('workerDir')

  return {
    database,
    url: await makeWorkerRole(database.url, `canary_${Date.now()}`, 'canary-password'),
    endpointUrl: endpoint.url,
    spoil: (chosen: Fault | undefined) => {
      fault = chosen
    },
    start: async (variables: Record<string, string>) => {
      const service = await startService(workerDir, { ...acceptKeys(key, poor), ...variables })
      stack.defer(() => service.close())
      return service
    },
  }
}
