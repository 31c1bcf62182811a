import { beforeEach, describe, expect, vi } from 'vitest'
import { AnswerError, ConnectionError, createClient, ProblemError } from '../../src/client.ts'
import { ada, grace, people } from '../support/people.ts'
import { type Mishap, startProxy } from '../support/proxy.ts'
import { test as base } from '../support/shared-test.ts'

const test = base
  .extend('proxy', async ({ service }, { onCleanup }) => {
    const proxy = await startProxy(service.url)
    onCleanup(() => proxy.close())
    return proxy
  })
  .extend('users', ({ proxy }) => createClient(proxy.url).users)

// A repetition waits for a random part of its pause: here for none of it.
beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0)
})

const problem = (code: string, status: number, headers: Record<string, string> = {}) => ({
  status,
  headers: { ...headers, 'Content-Type': 'application/problem+json' },
  body: JSON.stringify({
    type: `/problems/${code}`,
    title: 'Title',
    status,
    detail: 'As planned.',
    instance: 'instance',
  }),
})

const unavailable = (retryAfter = '0') =>
  problem('database-unavailable', 503, { 'Retry-After': retryAfter })
const outcomeUnknown = problem('outcome-unknown', 504)
const page = (status: number) => ({ status, body: '<h1>Bad Gateway</h1>' })

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
  test.for([
    ['a connection that breaks before', 'reset-before'],
    ['a connection that breaks after', 'reset-after'],
    ['an answer that is cut', 'cut'],
    ['a database that is away', unavailable()],
    ['an outcome that is unknown', outcomeUnknown],
    ['a page of a proxy', page(502)],
    ['a refusal of a proxy', page(429)],
  ] as const)('succeeds in spite of %s', async ([, mishap], { proxy, users, database }) => {
    proxy.plan(mishap, mishap)
    await users.create(ada)
    proxy.plan(mishap, mishap)
    const all = await Array.fromAsync(users.list(), ({ name }) => name)
    proxy.plan(mishap, mishap)
    await users.import(JSON.stringify(grace), { mediaType: 'application/x-ndjson' })

    expect(all).toEqual([ada.name])
    expect(proxy.requests).toEqual([
      ...Array(3).fill('POST /users'),
      ...Array(3).fill('GET /users'),
      ...Array(3).fill('POST /users/import?onConflict=skip'),
    ])
    expect(await database.query('select name, email from users order by id')).toEqual([ada, grace])
  })

  test('is repeated page by page: a walk loses nothing and repeats nothing', async ({
    proxy,
    users,
  }) => {
    const body = people(9).map((each) => `${JSON.stringify(each)}\n`)
    await users.import(body.join(''), { mediaType: 'application/x-ndjson' })
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

describe('a service that is busy', () => {
  const busy = problem('busy', 503, { 'Retry-After': '0' })
  const mediaType = 'application/x-ndjson' as const

  test('is waited for beyond the retries, and says so', async ({ proxy, database }) => {
    let told = 0
    const onBusy = () => {
      told += 1
    }
    const { users } = createClient(proxy.url, { retries: 1, onBusy })
    proxy.plan(busy, busy, busy, busy)

    const result = await users.import(JSON.stringify(ada), { mediaType })

    expect(result).toMatchObject({ created: 1 })
    expect([told, proxy.requests.length]).toEqual([4, 5])
    expect(await database.query('select name from users')).toHaveLength(1)
  })
})

describe('an export', () => {
  test('fails when it is cut off', async ({ proxy, users }) => {
    await users.create(ada)
    proxy.plan('cut')

    const stream = await users.export()

    await expect(new Response(stream).text()).rejects.toBeInstanceOf(ConnectionError)
  })
})
