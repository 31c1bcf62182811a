import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, inject } from 'vitest'
import { rawRequest } from '../../packages/neon-local/test/support/raw-request.ts'
import { digestOf } from '../../scripts/keys/key.ts'
import { acceptKeys, dayFromNow, testKey } from '../support/keys.ts'
import { testWith } from '../support/own-worker.ts'
import { ada } from '../support/people.ts'
import { type Service, startService } from '../support/service.ts'
import { asWorker } from '../support/worker-role.ts'

const all = testKey('all')
const other = testKey('other')
const writer = testKey('writer', ['users:write'])
const eraser = testKey('eraser', ['users:erase'])
const expired = testKey('expired', undefined, dayFromNow(0))
const lastDay = testKey('last-day', undefined, dayFromNow(1))

const test = testWith(acceptKeys(all, other, writer, eraser, expired, lastDay))

const unauthenticated = { status: 401, body: { type: '/problems/unauthenticated' } }

describe('an API key', () => {
  test('opens what its scopes name, and nothing else', async ({ service }) => {
    const created = await service.request('POST', '/users', ada, writer.headers)
    const read = await service.request('GET', '/users/1', undefined, writer.headers)
    const deleted = await service.request('GET', '/users/deleted', undefined, writer.headers)

    expect(created.status).toBe(201)
    expect(read).toMatchObject({
      status: 403,
      body: {
        type: '/problems/insufficient-scope',
        detail: 'This request needs the scope users:read.',
      },
    })
    expect(deleted).toMatchObject({ status: 403 })
    expect(read.headers.get('WWW-Authenticate')).toBe(
      'Bearer realm="users", error="insufficient_scope", scope="users:read"',
    )
  })

  test('with users:write sees the user that it writes', async ({ service }) => {
    await service.request('POST', '/users', ada, all.headers)

    const unchanged = await service.request('PATCH', '/users/1', {}, writer.headers)

    expect(unchanged).toMatchObject({ status: 200, body: { ...ada, version: 1 } })
  })

  test('deletes with users:write and erases with users:erase, however the query is written', async ({
    service,
  }) => {
    await service.request('POST', '/users', ada, all.headers)
    const send = async (query: string, { headers }: typeof writer) => {
      const answer = await service.request('DELETE', `/users/1${query}`, undefined, headers)
      return [answer.status, answer.headers.get('WWW-Authenticate')?.match(/scope="(.+)"/)?.[1]]
    }

    for (const query of ['?erase=true', '?%65rase=true', '?erase=tru%65', '?%65%72%61se=true']) {
      expect(await send(query, writer), query).toEqual([403, 'users:erase'])
    }
    for (const query of ['', '?']) {
      expect(await send(query, eraser)).toEqual([403, 'users:write'])
    }
    expect(await send('', writer)).toEqual([204, undefined])
    expect(await send('?erase=true', eraser)).toEqual([204, undefined])
  })

  test.for(['bearer', 'BEARER', 'Bearer  '])('may come after %j', async (scheme, { service }) => {
    const Authorization = `${scheme} ${all.key}`

    expect(await service.request('GET', '/users', undefined, { Authorization })).toMatchObject({
      status: 404,
      body: { type: '/problems/no-users' },
    })
  })

  test('is refused from the day on which it expires', async ({ service }) => {
    await service.request('POST', '/users', ada, all.headers)

    expect(await service.request('GET', '/users', undefined, lastDay.headers)).toMatchObject({
      status: 200,
    })
    expect(await service.request('GET', '/users', undefined, expired.headers)).toMatchObject(
      unauthenticated,
    )
    expect(service.logs().join('\n')).not.toContain('"warning"')
  })

  test('of which every one has expired: the log says so, once', async ({ database }) => {
    const service = await startService(inject('workerDir'), {
      DATABASE_URL: asWorker(database.url),
      NEON_ENDPOINT: inject('endpointUrl'),
      ...acceptKeys(expired),
    })

    for (const { headers } of [expired, expired, all]) {
      expect(await service.request('GET', '/users', undefined, headers)).toMatchObject(
        unauthenticated,
      )
    }
    const warnings = service.logs().filter((line) => line.includes('"warning"'))
    await service.close()

    expect(warnings).toEqual(['{"warning":"Every key in API_KEYS has expired: npm run keys:new."}'])
  })

  test('is replaced while both are good, and refused once its entry is gone', async ({
    database,
    service,
  }) => {
    await service.request('POST', '/users', ada, all.headers)
    const [before, between] = await Promise.all(
      [all, other].map(({ headers }) => service.request('GET', '/users', undefined, headers)),
    )
    await using stack = new AsyncDisposableStack()
    const later = await startService(inject('workerDir'), {
      DATABASE_URL: asWorker(database.url),
      NEON_ENDPOINT: inject('endpointUrl'),
      ...acceptKeys(other),
    })
    stack.defer(() => later.close())

    expect([before?.status, between?.status]).toEqual([200, 200])
    expect(await later.request('GET', '/users', undefined, other.headers)).toMatchObject({
      status: 200,
    })
    expect(await later.request('GET', '/users', undefined, all.headers)).toMatchObject(
      unauthenticated,
    )
  })

  test('has idempotency keys of its own', async ({ service }) => {
    const key = { 'Idempotency-Key': 'one' }
    await service.request('POST', '/users', ada, { ...all.headers, ...key })

    const own = await service.request('POST', '/users', ada, { ...all.headers, ...key })
    const foreign = await service.request('POST', '/users', ada, { ...other.headers, ...key })

    expect(own.status).toBe(201)
    expect(own.headers.get('Idempotency-Replayed')).toBe('true')
    expect(foreign).toMatchObject({ status: 409, body: { type: '/problems/email-taken' } })
  })
})

describe('without a credential', () => {
  test('says which one is needed, before it looks at anything else', async ({ service }) => {
    const answers = await Promise.all([
      service.request('GET', '/users'),
      service.request('GET', '/users?limit=nonsense'),
      service.request('GET', '/users/abc'),
      service.request('GET', '/users/1/friends'),
      service.request('PATCH', '/users'),
      service.request('POST', '/users', '{', { 'Content-Type': 'text/plain' }),
      service.request('POST', '/users', 'x'.repeat(20_000)),
    ])

    for (const answer of answers) {
      expect(answer).toMatchObject({
        ...unauthenticated,
        body: {
          detail:
            'This path needs the header Authorization: Bearer, with an API key or an access token.',
        },
      })
      expect(answer.headers.get('WWW-Authenticate')).toBe('Bearer realm="users"')
    }
  })

  test.for([
    ['/', 302],
    ['/livez', 200],
    ['/readyz', 200],
    ['/docs', 200],
    ['/docs/docs.css', 200],
    ['/console', 200],
    ['/console/console.js', 200],
    ['/openapi.json', 200],
    ['/problems', 200],
    ['/problems/email-taken', 200],
    ['/nowhere', 404],
  ] as const)('answers %s with %i', async ([path, status], { service }) => {
    expect(await service.request('GET', path)).toMatchObject({ status })
  })

  test.for(['/users', '/users/1'])('tells the methods of %s', async (path, { service }) => {
    expect(await service.request('OPTIONS', path)).toMatchObject({ status: 204, text: '' })
  })
})

describe('a credential that is refused', () => {
  const challengeOf = async (service: Service, Authorization: string) => {
    const { status, body, headers } = await service.request('GET', '/users', undefined, {
      Authorization,
    })
    return [status, Object(body).detail, headers.get('WWW-Authenticate')]
  }

  test.for([
    ['unknown', `Bearer ${testKey('unknown').key}`],
    ['expired', expired.headers.Authorization],
    ['no key at all', 'bearer x'],
    ['two in one', `${all.headers.Authorization}, ${all.headers.Authorization}`],
    ['empty', 'Bearer '],
  ] as const)('is called invalid by name: %s', async ([, Authorization], { service }) => {
    expect(await challengeOf(service, Authorization)).toEqual([
      401,
      'The credential is not valid, or not any more.',
      'Bearer realm="users", error="invalid_token"',
    ])
  })

  test.for(['Basic YTpi', all.key, 'Bearerx y'])(
    'is asked for by its scheme, when it has another: %s',
    async (Authorization, { service }) => {
      expect(await challengeOf(service, Authorization)).toEqual([
        401,
        'This path needs the header Authorization: Bearer, with an API key or an access token.',
        'Bearer realm="users"',
      ])
    },
  )

  test('is called too long when it is, and is not repeated', async ({ service }) => {
    const longest = 'x'.repeat(16 * 1024)
    const [, fits] = await challengeOf(service, `Bearer ${longest}`)
    const [status, detail, challenge] = await challengeOf(service, `Bearer ${longest}x`)

    expect(fits).toBe('The credential is not valid, or not any more.')
    expect([status, detail, challenge]).toEqual([
      401,
      'The credential is longer than 16384 characters, which is the most.',
      'Bearer realm="users", error="invalid_token"',
    ])
  })
})

describe('the header Authorization', () => {
  test('is never that of nothing', async ({ database }) => {
    const entry = { name: 'unset', digest: digestOf(''), scopes: ['users:read', 'users:write'] }
    const service = await startService(inject('workerDir'), {
      DATABASE_URL: asWorker(database.url),
      NEON_ENDPOINT: inject('endpointUrl'),
      AUTH: 'keys',
      API_KEYS: JSON.stringify([entry]),
    })

    const answers = [
      await service.request('GET', '/users'),
      await service.request('GET', '/users', undefined, { Authorization: 'Basic zzz' }),
      await service.request('GET', '/users', undefined, { Authorization: 'Bearer ' }),
    ]
    await service.close()

    expect(answers).toEqual(answers.map(() => expect.objectContaining({ status: 401 })))
  })

  test('is asked for at once of a client whose body does not come', async ({ service }) => {
    const socket = connect(Number(service.url.port), service.url.hostname)
    socket.write(
      'POST /users HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n' +
        'Content-Length: 100000\r\n\r\n{',
    )

    const [answer] = await once(socket, 'data')
    socket.destroy()

    expect(String(answer)).toMatch(/^HTTP\/1\.1 401 /)
  })

  test('is asked for in an answer that reaches a client with much to send', async ({ service }) => {
    for (const megabytes of [1, 4, 12]) {
      const body = 'x'.repeat(megabytes * 1024 * 1024)
      const answer = await service.request('POST', '/users', body)
      expect(answer).toMatchObject(unauthenticated)
    }
  })

  test('is refused when it comes twice, even with the same key', async ({ service }) => {
    const { Authorization } = all.headers

    const answer = await rawRequest(service.url, '/users', {
      Authorization: [Authorization, Authorization],
    })

    expect(answer.status).toBe(401)
  })
})
