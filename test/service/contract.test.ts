import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { RE2JS } from 're2js'
import { describe, expect, expectTypeOf, test } from 'vitest'
import type * as z from 'zod'
import { Name, NewName } from '../../src/fields.ts'
import { openapi } from '../../src/openapi.ts'
import { resources } from '../../src/resources.ts'
import type * as contract from '../../src/users/contract.ts'
import type { User } from '../../src/users/rows.ts'
import { checkAnswer, faultsOf, operations, scopeOf } from '../support/contract.ts'
import { ada } from '../support/people.ts'
import { servedRoutes } from '../support/served-routes.ts'

const scopesByName = new Map(
  operations.map(({ method, template, operation }) => [
    `${method} ${template}`,
    scopeOf(operation),
  ]),
)

describe('openapi.json', () => {
  test('is what src/openapi.ts says', async () => {
    expect(JSON.parse(await readFile('openapi.json', 'utf8'))).toEqual(openapi)
  })

  test('lists every route, and no other', () => {
    const listed = operations.map(({ method, template }) => `${method} ${template}`)

    const served = servedRoutes().map((route) => route.replaceAll(/:(\w+)/g, '{$1}'))

    expect(listed.sort()).toEqual(served.sort())
  })

  // The contract takes them from the routes, so what was promised stands here once more.
  test('asks for the scopes that were promised', () => {
    const promised = {
      'users:read': ['GET /users', 'GET /users/{id}'],
      'users:write': [
        ...['POST /users', 'PUT /users/{id}', 'PATCH /users/{id}', 'DELETE /users/{id}'],
        'POST /users/{id}/restore',
      ],
      'users:audit': ['GET /events', 'GET /users/deleted', 'GET /users/{id}/history'],
    }
    for (const [scope, names] of Object.entries(promised)) {
      for (const name of names) {
        expect(scopesByName.get(name), name).toBe(scope)
      }
    }
  })

  test('asks for a scope wherever a resource is, and to write for another than to read', () => {
    for (const [name, scope] of scopesByName) {
      const [method, path = ''] = name.split(' ')
      if (Object.hasOwn(resources, path.split('/')[1] ?? '')) {
        expect(scope, name).toBeDefined()
      }
      if (method !== 'GET') {
        expect(scope, name).not.toMatch(/:(?:read|audit)$/)
      }
    }
  })

  test('has the users that the service has', () => {
    expectTypeOf<z.infer<typeof contract.User>>().toEqualTypeOf<User>()
  })

  test('has patterns that Go, Rust and others read, who have no look-around', async () => {
    const text = await readFile('openapi.json', 'utf8')
    const patterns: string[] = []
    JSON.parse(text, (key, value) => key === 'pattern' && patterns.push(value))

    expect(patterns.length).toBeGreaterThan(10)
    for (const pattern of patterns) {
      expect(() => RE2JS.compile(pattern), pattern).not.toThrow()
    }
  })

  test('shows what an editor would hide', async () => {
    const text = await readFile('openapi.json', 'utf8')

    expect(text).not.toMatch(/(?![ \n])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u)
  })

  test('has one pattern for a name, which is all of its rules', () => {
    const odd = ' \u00a0\u2028\u0007\u009f\u00ad\u200b\u202e\u2066\u206a\u034f\ufeff\u3164'
    const unit = fc.constantFrom(...odd, 'a', '\u00e9', '\u{1f600}')

    fc.assert(
      fc.property(fc.string({ unit, maxLength: 8 }), (text) => {
        const name = text.normalize()
        expect(faultsOf({ $ref: 'Name' }, name).length === 0).toBe(Name.safeParse(name).success)
        expect(faultsOf({ $ref: 'NewName' }, name).length === 0).toBe(
          NewName.safeParse(name).success,
        )
      }),
      { numRuns: 2_000 },
    )
  })
})

const moment = '2026-11-22T09:16:49.185Z'
const user = { id: 1, ...ada, version: 1, createdAt: moment, updatedAt: moment }
const problem = {
  type: '/problems/user-not-found',
  title: 'No such user',
  status: 404,
  detail: 'There is no user with the id 1.',
  instance: '604887e4-5326-4b4f-8861-a518b4375a7f',
}

const always = { 'X-Request-Id': problem.instance, 'Cache-Control': 'no-store' }
const userHeaders = { ...always, ETag: '"1"', 'Content-Type': 'application/json' }
const problemHeaders = { ...always, 'Content-Type': 'application/problem+json' }

type Exchange = {
  method?: string
  path?: string
  status?: number
  headers?: Record<string, string>
  body?: unknown
  text?: string
}

/** By default a good answer of `GET /users/1`. */
const check = ({
  method = 'GET',
  path = '/users/1',
  status = 200,
  headers = userHeaders,
  body = user,
  text = JSON.stringify(body),
}: Exchange) => checkAnswer(method, path, { status, headers: new Headers(headers), text })

describe('an answer', () => {
  test.for<[string, Exchange]>([
    ['a user', {}],
    ['at a path with a slash at its end', { path: '/users/1/' }],
    ['without a body for HEAD', { method: 'HEAD', text: '' }],
    ['a problem', { status: 404, headers: problemHeaders, body: problem }],
    [
      'what OPTIONS answers',
      { method: 'OPTIONS', status: 204, headers: { ...always, Allow: 'GET' }, text: '' },
    ],
  ])('may be %s', ([, exchange]) => {
    expect(() => check(exchange)).not.toThrow()
  })

  test.for<[string, Exchange, RegExp]>([
    ['a status that is not documented', { status: 418 }, /this status is not documented/],
    ['a status of another method', { method: 'DELETE' }, /this status is not documented/],
    ['a good answer at an unknown path', { path: '/nowhere' }, /this status is not documented/],
    ['a method that the path does not have', { method: 'POST' }, /this status is not documented/],
    [
      'another media type',
      { headers: { ...userHeaders, 'Content-Type': 'text/html' } },
      /the media type text\/html is not documented/,
    ],
    [
      'a header that is missing',
      { headers: { ...always, 'Content-Type': 'application/json' } },
      /the header ETag is missing/,
    ],
    [
      'a header that breaks its rule',
      { headers: { ...userHeaders, ETag: '1' } },
      /the header ETag must match/,
    ],
    [
      'a field too many',
      { body: { ...user, passwordHash: 'x' } },
      /the body at "" must NOT have additional properties .*passwordHash/,
    ],
    [
      'a field too few',
      { body: { ...user, version: undefined } },
      /must have required property 'version'/,
    ],
    ['a field that breaks its rule', { body: { ...user, name: ' Ada' } }, /at "\/name" must match/],
    [
      'a problem of another operation',
      {
        status: 404,
        headers: problemHeaders,
        body: { ...problem, type: '/problems/no-users' },
      },
      /at "\/type" is none of user-not-found/,
    ],
    [
      'a problem that tells another status',
      { status: 404, headers: problemHeaders, body: { ...problem, status: 410 } },
      /at "\/status" is not 404/,
    ],
    ['a body for HEAD', { method: 'HEAD' }, /the body is there/],
  ])('may not have %s', ([, exchange, sentence]) => {
    expect(() => check(exchange)).toThrow(sentence)
  })

  test('that breaks the contract is named by method, path and status, without its query', () => {
    expect(() => check({ status: 418, path: '/users/1?email=canary' })).toThrow(
      /^GET \/users\/1 has answered 418 against the contract: /,
    )
  })
})
