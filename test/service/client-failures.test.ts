import { beforeEach, describe, expect, vi } from 'vitest'
import { AnswerError, ConnectionError, createClient, ProblemError } from '../../src/client.ts'
import { insertPeople } from '../support/insert-people.ts'
import { ada, grace } from '../support/people.ts'
import {
  outcomeUnknown,
  page,
  passingMishaps,
  problem,
  test,
  unavailable,
} from '../support/proxied-client.ts'
import type { Mishap } from '../support/proxy.ts'

// A repetition waits for a random part of its pause: here for none of it.
beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0)
})

const always = (mishap: Mishap) => Array<Mishap>(20).fill(mishap)

type Users = ReturnType<typeof createClient>['users']

describe('a failure', () => {
  test('is a problem of the service, whose code tells what it is', async ({ users }) => {
    await users.create(ada)

    const error = await users.create({ ...ada, name: ' Ada' }).catch((error: unknown) => error)

    expect(error).toBeInstanceOf(ProblemError)
    expect(error).toMatchObject({
      message:
        'The request breaks the rules that `errors` names. /name must not begin with white space.',
      problem: {
        code: 'validation-failed',
        type: '/problems/validation-failed',
        status: 422,
        instance: expect.stringMatching(/^[\da-f-]{36}$/),
        errors: [{ pointer: '/name', detail: 'must not begin with white space' }],
      },
    })
  })

  test.for([
    ['a page of a proxy', { status: 403, body: '<h1>No</h1>' }],
    ['a page with status 200', { status: 200, body: '<h1>Log in</h1>' }],
    ['JSON that is no user', { status: 200, body: '{"id":1}' }],
    ['a problem that it does not know', problem('gone-fishing', 418)],
    ['a problem with the wrong status', problem('email-taken', 400)],
  ] as const)('is an AnswerError for %s', async ([, mishap], { proxy, users }) => {
    proxy.plan(mishap)

    const error = await users.get(1).catch((error: unknown) => error)

    expect(error).toBeInstanceOf(AnswerError)
    expect(error).toMatchObject({ status: mishap.status, text: mishap.body })
    expect(proxy.requests).toHaveLength(1)
  })

  test('is a ConnectionError when nothing answers', async () => {
    const { users } = createClient('http://127.0.0.1:2', { retries: 1 })

    const error = await users.get(1).catch((error: unknown) => error)

    expect(error).toBeInstanceOf(ConnectionError)
    expect(String(error)).toBe(
      'ConnectionError: The users service gave no whole answer: ECONNREFUSED.',
    )
  })
})

describe('a request that may be repeated', () => {
  test.for(passingMishaps)(
    'succeeds in spite of %s',
    async ([, mishap], { proxy, users, database }) => {
      proxy.plan(mishap, mishap)
      await users.create(ada)
      proxy.plan(mishap, mishap)
      const all = await Array.fromAsync(users.list(), ({ name }) => name)

      expect(all).toEqual([ada.name])
      expect(proxy.requests).toEqual([
        ...Array(3).fill('POST /users'),
        ...Array(3).fill('GET /users'),
      ])
      expect(await database.query('select name, email from users order by id')).toEqual([ada])
    },
  )

  test('is repeated page by page: a walk loses nothing and repeats nothing', async ({
    proxy,
    users,
    database,
  }) => {
    await insertPeople(database, 9)
    proxy.plan(undefined, 'cut', undefined, 'reset-after', 'cut')

    const ids = await Array.fromAsync(users.list({ limit: 2 }), ({ id }) => id)

    expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  test('is given up in the end, with the last failure', async ({ proxy }) => {
    const { users } = createClient(proxy.url, { retries: 2 })
    proxy.plan(...always(page(502)))

    await expect(users.get(1)).rejects.toMatchObject({ name: 'AnswerError', status: 502 })
    expect(proxy.requests).toHaveLength(3)
  })
})

describe('a change', () => {
  const writes = {
    replace: (users: Users) => users.replace(1, grace, { ifMatch: 1 }),
    change: (users: Users) => users.change(1, grace, { ifMatch: 1 }),
    remove: (users: Users) => users.remove(1, { ifMatch: 1 }),
  }

  test.for(Object.entries(writes))(
    'is repeated when it was surely not made: %s',
    async ([, write], { proxy, users }) => {
      await users.create(ada)
      proxy.plan(unavailable(), page(429), problem('rate-limited', 429))

      await write(users)

      expect(proxy.requests).toHaveLength(5)
    },
  )

  test.for(
    Object.entries(writes).flatMap(([name, write]) =>
      (['reset-after', outcomeUnknown, page(502), page(503)] as const).map(
        (mishap) => [name, write, mishap] as const,
      ),
    ),
  )(
    'is not repeated when it may have been made: %s',
    async ([, write, mishap], { proxy, users }) => {
      await users.create(ada)
      proxy.plan(mishap)

      await expect(write(users)).rejects.toThrow()

      expect(proxy.requests).toHaveLength(2)
    },
  )
})
