import { describe, expect } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { acceptKeys, testKey } from '../support/keys.ts'
import { testWith } from '../support/own-worker.ts'
import { ada } from '../support/people.ts'
import type { Answer, Service } from '../support/service.ts'

const key = testKey('back-office')
const reader = testKey('report', ['users:read'])

const test = testWith(acceptKeys(key, reader))

/** The lines of one request. The log comes through a pipe, a moment after the answer. */
async function linesOf(service: Service, { headers }: Answer): Promise<unknown[]> {
  const id = headers.get('X-Request-Id') ?? 'none'
  return expect
    .poll(() => service.logs().filter((line) => line.includes(id)), { timeout: 5_000 })
    .not.toEqual([])
    .then(() => service.logs().filter((line) => line.includes(id)))
    .then((lines) => lines.map((line) => JSON.parse(line)))
}

const always = {
  requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  ms: expect.any(Number),
  attempts: expect.any(Number),
  databaseMs: expect.any(Number),
  version: packageJson.version,
  versionId: expect.any(String),
}

describe('the log', () => {
  test.for(['/users/1', '/users/1/', '/users/%31'])(
    'says who deleted %s',
    async (path, { service }) => {
      await service.request('POST', '/users', ada, key.headers)

      const answer = await service.request('DELETE', path, undefined, key.headers)

      expect(answer.status).toBe(204)
      expect(await linesOf(service, answer)).toEqual([
        {
          ...always,
          method: 'DELETE',
          route: '/users/:id',
          id: 1,
          caller: 'key:back-office',
          status: 204,
          attempts: 1,
        },
      ])
    },
  )

  test('says who created whom', async ({ service }) => {
    const answer = await service.request('POST', '/users', ada, key.headers)

    expect(await linesOf(service, answer)).toMatchObject([
      { method: 'POST', route: '/users', id: 1, caller: 'key:back-office', status: 201 },
    ])
  })

  test('says who tried what, and why it failed', async ({ service }) => {
    const forbidden = await service.request('DELETE', '/users/42', undefined, reader.headers)
    const unknown = await service.request('GET', '/users/42', undefined, reader.headers)
    const nobody = await service.request('DELETE', '/users/42')

    expect(await linesOf(service, forbidden)).toEqual([
      {
        ...always,
        method: 'DELETE',
        route: '/users/:id',
        id: 42,
        caller: 'key:report',
        status: 403,
        problem: 'insufficient-scope',
        attempts: 0,
        databaseMs: 0,
      },
    ])
    expect(await linesOf(service, unknown)).toMatchObject([
      { id: 42, caller: 'key:report', status: 404, problem: 'user-not-found' },
    ])
    const [line] = await linesOf(service, nobody)
    expect(line).toMatchObject({ method: 'DELETE', status: 401, problem: 'unauthenticated' })
    expect(line).not.toHaveProperty('caller')
  })

  test('has no number of a path that is no id', async ({ service }) => {
    for (const path of ['/problems/4111111111111111', '/4111111111111111', '/users/0']) {
      const [line] = await linesOf(
        service,
        await service.request('GET', path, undefined, key.headers),
      )
      expect(line).not.toHaveProperty('id')
    }
  })
})
