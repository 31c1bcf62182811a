import fc from 'fast-check'
import { expect } from 'vitest'
import { problems } from '../../src/problem-statuses.ts'
import { checkAnswer, operations } from './contract.ts'
import { rowCount } from './contract-fuzz/good-values.ts'
import { refusedLines } from './contract-fuzz/import-oracle.ts'
import { expectedOutcomes } from './contract-fuzz/oracle.ts'
import { anyRequest, type FuzzedRequest } from './contract-fuzz/requests.ts'
import { isCreation } from './samples/collections.ts'
import { demandSuccess } from './samples/demand-success.ts'
import { createSampler } from './samples/sampler.ts'
import { labelOf } from './samples/vary.ts'
import { isGuarded } from './samples/ways.ts'
import type { Service } from './service.ts'

/** Longer than the service ever takes. */
const deadlineMs = 10_000

/**
 * Sends requests of every kind. Each answer must be as `openapi.json` documents it and never a 5xx;
 * what breaks a rule of the document must be refused, and what keeps them all accepted.
 */
export async function fuzzContract(
  service: Service,
  numRuns: number,
): Promise<Map<string, number>> {
  await fillCollections(service)
  const outcomes = new Map<string, number>()

  await fc.assert(
    fc.asyncProperty(anyRequest, async (request) => {
      const outcome = await tryRequest(service, request)
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    }),
    { numRuns },
  )
  return outcomes
}

/** So that requests meet rows, and what is taken. */
async function fillCollections({ request }: Service): Promise<void> {
  const creations = operations.filter(
    (listed) => isGuarded(listed) && listed.method === 'POST' && isCreation(listed),
  )
  for (let number = 0; number < rowCount; number += 1) {
    const { sample } = createSampler(request, labelOf(number))
    for (const creation of creations) {
      const { method, path, body, headers } = await sample(creation)
      const { status, text } = await request(method, path, body, headers)
      demandSuccess(creation, status, text)
    }
  }
}

/** Throws when the answer is not one that the contract allows. */
async function tryRequest(service: Service, request: FuzzedRequest): Promise<string> {
  const answer = await send(service, request)
  checkAnswer(request.method, request.path, answer)
  const outcome = outcomeOf(answer)
  const expected = expectedOutcomes(request)
  // HEAD tells no code.
  const told = request.method === 'HEAD' ? expected.map(statusOf) : expected
  expect(told, `${outcome} is no answer to this request`).toContain(outcome)
  if (outcome === '200' && request.method === 'POST') {
    checkImport(request, answer)
  }
  return outcome
}

type RawAnswer = { status: number; headers: Headers; text: string }

async function send({ url }: Service, { method, path, headers, body }: FuzzedRequest) {
  const response = await fetch(new URL(`${url.origin}${path}`), {
    method,
    headers,
    redirect: 'manual',
    signal: AbortSignal.timeout(deadlineMs),
    ...(body !== undefined && { body: Buffer.from(body, 'latin1') }),
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** The code of a problem, else the status. */
const outcomeOf = ({ status, headers, text }: RawAnswer): string =>
  headers.get('Content-Type') === 'application/problem+json' && text !== ''
    ? JSON.parse(text).type.replace('/problems/', '')
    : `${status}`

const statuses = new Map(Object.entries(problems).map(([code, { status }]) => [code, `${status}`]))

const statusOf = (outcome: string) => statuses.get(outcome) ?? outcome

function checkImport(request: FuzzedRequest, { text }: RawAnswer): void {
  const expected = refusedLines(request)
  if (expected) {
    const refused: { line: number }[] = JSON.parse(text).refused
    expect(
      refused.map(({ line }) => line),
      'refused are lines that break their schema, and that repeat what its description calls unique',
    ).toEqual(expected)
  }
}
