import { describe, expect } from 'vitest'
import { test } from '../support/counted-service.ts'
import { ada, grace } from '../support/people.ts'
import { demandSuccess } from '../support/samples/demand-success.ts'
import { nameOf } from '../support/samples/examples.ts'
import { refusalsOf } from '../support/samples/refusals.ts'
import { createSampler } from '../support/samples/sampler.ts'
import { isGuarded, mayAskDatabase, ways } from '../support/samples/ways.ts'
import type { Service } from '../support/service.ts'

type Case = [status: number, ...request: Parameters<Service['request']>]

describe('an operation', () => {
  test.for(ways.filter(({ operation }) => isGuarded(operation)))(
    'makes one round trip: $name',
    async ({ operation, way }, { counted }) => {
      const { method, path, body, headers } = await createSampler(counted.request).sample(
        operation,
        way,
      )

      const { status, text, roundTrips } = await counted.count(method, path, body, headers)

      demandSuccess(operation, status, text)
      expect(roundTrips).toBe(1)
    },
  )

  test.for(
    ways.filter(({ operation, name }) => isGuarded(operation) && name === nameOf(operation)),
  )(
    'makes none for what it refuses before it asks, and one for what it must look up: $name',
    async ({ operation }, { counted }) => {
      const sample = await createSampler(counted.request).sample(operation)

      for (const { what, status, asksDatabase, request } of refusalsOf(operation, sample, 'odd')) {
        const { method, path, body, headers } = request
        expect(await counted.count(method, path, body, headers), what).toMatchObject({
          status,
          roundTrips: asksDatabase ? 1 : 0,
        })
      }
    },
  )

  test.for(ways.filter(({ operation }) => !mayAskDatabase(operation)))(
    'that needs no database makes no round trip: $name',
    async ({ operation }, { counted }) => {
      const { method, path } = await createSampler(counted.request).sample(operation)

      const { status, text, roundTrips } = await counted.count(method, path)

      demandSuccess(operation, status, text)
      expect(roundTrips).toBe(0)
    },
  )
})

describe('a request', () => {
  test.for<Case>([
    [200, 'GET', '/users'],
    [200, 'GET', '/users?sort=-email&q=person&count=exact&limit=100'],
    [200, 'GET', '/users?email=person.7@example.com'],
    [200, 'GET', '/users/1'],
    [412, 'GET', '/users/1', undefined, { 'If-Match': '"2"' }],
    [304, 'GET', '/users/1', undefined, { 'If-None-Match': '"1"' }],
    [404, 'GET', '/users/99999'],
    [201, 'POST', '/users', ada],
    [409, 'POST', '/users', ada],
    [201, 'POST', '/users', grace, { 'Idempotency-Key': 'k1' }],
    [201, 'POST', '/users', grace, { 'Idempotency-Key': 'k1' }],
    [422, 'POST', '/users', ada, { 'Idempotency-Key': 'k1' }],
    [200, 'PATCH', '/users/1', { name: 'Ada King' }, { 'If-Match': '"1"' }],
    [412, 'PATCH', '/users/1', { name: 'Ada King' }, { 'If-Match': '"1"' }],
    [404, 'PATCH', '/users/99999', { name: 'Ada King' }],
    [409, 'PUT', '/users/1', grace],
    [412, 'DELETE', '/users/2', undefined, { 'If-Match': '"2"' }],
    [204, 'DELETE', '/users/2'],
    [404, 'DELETE', '/users/2'],
  ])('makes one round trip: %s %s %s', async ([status, ...request], { crowded }) => {
    expect(await crowded.count(...request)).toMatchObject({ status, roundTrips: 1 })
  })

  test.for<Case>([
    [422, 'GET', '/users?limit=0'],
    [400, 'GET', '/users?cursor=abc'],
    [422, 'POST', '/users', { name: 'Ada' }],
    [405, 'DELETE', '/users'],
    [404, 'GET', '/nowhere'],
    [200, 'GET', '/livez'],
  ])('that needs no database makes none: %s %s %s', async ([status, ...request], { crowded }) => {
    expect(await crowded.count(...request)).toMatchObject({ status, roundTrips: 0 })
  })
})
