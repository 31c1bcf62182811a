import { describe, expect } from 'vitest'
import { guardedOperations, type ListedOperation, operations } from '../support/contract.ts'
import { ada } from '../support/people.ts'
import { exampleParameter } from '../support/samples/examples.ts'
import { refusalsOf } from '../support/samples/refusals.ts'
import { createSampler } from '../support/samples/sampler.ts'
import { test } from '../support/shared-test.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A path of the operation, in which nothing is wrong, whatever its ids are. */
const examplePath = (listed: ListedOperation) =>
  listed.operation.parameters
    .filter(({ in: place }) => place === 'path')
    .reduce(
      (path, parameter) =>
        path.replace(
          `{${parameter.name}}`,
          encodeURIComponent(exampleParameter(listed, parameter)),
        ),
      listed.template,
    )

describe('a problem', () => {
  test('is a body of RFC 9457 that names the request', async ({ service }) => {
    const answer = await service.request('GET', '/nowhere')

    expect(answer.headers.get('Content-Type')).toBe('application/problem+json')
    expect(answer.body).toEqual({
      type: '/problems/not-found',
      title: 'No such path',
      status: 404,
      detail: 'There is nothing at this path.',
      instance: expect.stringMatching(uuid),
    })
    expect(answer.headers.get('X-Request-Id')).toBe(Object(answer.body).instance)
  })

  test('has an id of its own, whatever the client sends', async ({ service }) => {
    const answer = await service.request('GET', '/nowhere', undefined, { 'X-Request-Id': 'canary' })

    expect(answer.headers.get('X-Request-Id')).toMatch(uuid)
  })

  test('stays short, whatever the client sends', async ({ service }) => {
    const fields = Array.from({ length: 1_000 }, (_, index) => [`field_${index}`, 0])

    const answer = await service.request('POST', '/users', Object.fromEntries(fields))

    expect(answer.status).toBe(422)
    expect(answer.text.length).toBeLessThan(2_500)
    expect(Object(answer.body).errors.at(-1)).toEqual({
      pointer: '',
      detail: 'has 980 more of which none is a field of this body',
    })
  })

  test.for<[mistake: string, body: object, detail: RegExp]>([
    ['an empty name', { name: '' }, /1 to 200 characters/],
    ['a blank name', { name: '  ' }, /visible/],
    ['a name of a control character', { name: '\u0007' }, /visible/],
    ['a name of what changes its direction', { name: '\u202e' }, /visible/],
    ['a name that is too long', { name: ` ${'a'.repeat(200)}` }, /1 to 200 characters/],
    ['an empty email', { email: '' }, /an email address/],
    ['a number as a name', { name: 1 }, /a string/],
  ])('names one fault for %s', async ([, body, detail], { service }) => {
    const answer = await service.request('PATCH', '/users/1', body)

    expect(Object(answer.body).errors).toEqual([
      { pointer: expect.any(String), detail: expect.stringMatching(detail) },
    ])
  })

  test.for(
    guardedOperations.flatMap((listed) =>
      listed.operation.parameters
        .filter(({ in: place }) => place === 'query')
        .map(({ name }) => ({ ...listed, path: examplePath(listed), name })),
    ),
  )(
    'says that a parameter must be given once: $name of $method $template',
    async ({ method, path, name }, { service }) => {
      const headers = { 'Content-Type': 'application/x-ndjson' }

      const answer = await service.request(
        method,
        `${path}?${name}=a&${name}=b`,
        method === 'POST' ? '' : undefined,
        method === 'POST' ? headers : {},
      )

      expect(answer).toMatchObject({ status: 422 })
      expect(Object(answer.body).errors).toEqual([
        { parameter: name, detail: 'must be given once' },
      ])
    },
  )

  test('names every fault of the body, and no value', async ({ service }) => {
    const answer = await service.request('PATCH', '/users/1', {
      name: ' A\u0007 ',
      email: 'canary',
      nickname: 'canary',
      'canary@example.com': 1,
    })

    expect(answer.status).toBe(422)
    expect(answer.body).toMatchObject({
      type: '/problems/validation-failed',
      errors: [
        {
          pointer: '/name',
          detail: 'must not hold a control character or half of a surrogate pair',
        },
        { pointer: '/name', detail: 'must not begin with white space' },
        { pointer: '/name', detail: 'must not end with white space' },
        { pointer: '/email' },
        { pointer: '/nickname', detail: 'is not a field of this body' },
        { pointer: '', detail: 'has a name that is not a field of this body' },
      ],
    })
    expect(answer.text).not.toContain('canary')
  })

  const badHeader = { 'If-Match': 'canary' }
  test.for<
    [part: string, path: string, body: unknown, headers: Record<string, string>, fault: object]
  >([
    ['the path', '/users/zero?a=1&b=2', { name: '' }, badHeader, { parameter: 'id' }],
    ['the query', '/users/1?a=1', { name: '' }, badHeader, { parameter: 'a' }],
    ['the headers', '/users/1', { name: '' }, badHeader, { header: 'If-Match' }],
    ['the body', '/users/1', { name: '' }, {}, { pointer: '/name' }],
  ])(
    'names the faults of %s alone, which is the first part that has any',
    async ([, path, body, headers, fault], { service }) => {
      const answer = await service.request('PATCH', path, body, headers)

      expect(answer).toMatchObject({ status: 422, body: { type: '/problems/validation-failed' } })
      expect(Object(answer.body).errors).toEqual([expect.objectContaining(fault)])
    },
  )

  test.for([
    [415, 'text/plain', '{}'],
    [413, 'application/json', JSON.stringify({ name: 'a'.repeat(17_000) })],
    [400, 'application/json', '{'],
  ] as const)(
    '%i for the body comes before what is wrong with the rest',
    async ([status, type, body], { service }) => {
      const headers = { ...badHeader, 'Content-Type': type }

      expect((await service.request('PATCH', '/users/zero?a=1', body, headers)).status).toBe(status)
    },
  )
})

const named = guardedOperations.map((listed) => ({
  ...listed,
  name: `${listed.method} ${listed.template}`,
}))

describe('an operation', () => {
  test.for(named)(
    'refuses what its contract says it refuses: $name',
    async (listed, { service }) => {
      const sample = await createSampler(service.request).sample(listed)
      const refusals = refusalsOf(listed, sample, 'odd')

      for (const { what, status, request } of refusals) {
        const { method, path, body, headers } = request
        const answer = await service.request(method, path, body, headers)

        expect(answer.status, what).toBe(status)
        expect(Object(answer.body).errors !== undefined, what).toBe(status === 422)
      }
      expect(refusals).not.toEqual([])
    },
  )
})

describe('a path', () => {
  const unknown = ['/user', '/users/1/friends', '/users//', '/USERS']

  test.for(unknown)('%s answers 404', async (path, { service }) => {
    const answer = await service.request('GET', path)

    expect(answer).toMatchObject({ status: 404, body: { type: '/problems/not-found' } })
  })

  test.for([
    ['DELETE', '/users', 'GET, HEAD, POST, OPTIONS'],
    ['PATCH', '/users/', 'GET, HEAD, POST, OPTIONS'],
    ['POST', '/users/1', 'GET, HEAD, PUT, PATCH, DELETE, OPTIONS'],
    ['POST', '/users/abc', 'GET, HEAD, PUT, PATCH, DELETE, OPTIONS'],
    ['PROPFIND', '/users', 'GET, HEAD, POST, OPTIONS'],
    ['POST', '/livez', 'GET, HEAD, OPTIONS'],
  ] as const)(
    'answers %s %s with 405 and what it allows',
    async ([method, path, allow], { service }) => {
      const answer = await service.request(method, path)

      expect(answer).toMatchObject({ status: 405, body: { type: '/problems/method-not-allowed' } })
      expect(answer.headers.get('Allow')).toBe(allow)
    },
  )

  test('answers each method that its contract lacks with 405 and those that it has', async ({
    service,
  }) => {
    for (const template of new Set(operations.map((each) => each.template))) {
      const has = operations.filter((each) => each.template === template)
      const allowed = has.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
      const path = template.replaceAll(/\{\w+\}/g, '1')

      const answer = await service.request('PROPFIND', path)

      expect(answer.status, template).toBe(405)
      expect(answer.headers.get('Allow')?.split(', ').sort(), template).toEqual(
        [...allowed, 'OPTIONS'].sort(),
      )
    }
  })

  test('answers OPTIONS with what it allows', async ({ service }) => {
    const answer = await service.request('OPTIONS', '/users/1')

    expect(answer).toMatchObject({ status: 204, text: '' })
    expect(answer.headers.get('Allow')).toBe('GET, HEAD, PUT, PATCH, DELETE, OPTIONS')
    expect(answer.headers.get('Accept-Patch')).toBe(
      'application/json, application/merge-patch+json',
    )
    expect(await service.request('OPTIONS', '/nowhere')).toMatchObject({ status: 404 })
    const { headers } = await service.request('OPTIONS', '/users')
    expect(headers.get('Accept-Patch')).toBeNull()
  })
})

describe('a query', () => {
  test.for([
    ['POST', '/users?foo=1'],
    ['GET', '/users/1?foo=1'],
    ['PUT', '/users/1?foo=1'],
    ['PATCH', '/users/1?foo=1'],
    ['DELETE', '/users/1?foo=1&foo=2'],
  ] as const)('is refused on %s %s', async ([method, path], { service }) => {
    const body = ['GET', 'DELETE'].includes(method) ? undefined : ada

    const answer = await service.request(method, path, body)

    expect(answer).toMatchObject({ status: 422, body: { errors: [{ parameter: 'foo' }] } })
  })
})

describe('a query', () => {
  test.for([
    '/users?q=%ff',
    '/users?q=ada%c3',
    '/users?sort=%zz&limit=1',
    '/users/deleted?email=%',
  ])('that is not UTF-8 is refused: %s', async (path, { service }) => {
    const answer = await service.request('GET', path)
    const parameter = /\?(\w+)/.exec(path)?.[1]

    expect(answer).toMatchObject({ status: 422, body: { type: '/problems/validation-failed' } })
    expect(Object(answer.body).errors).toEqual([
      { parameter, detail: 'must be UTF-8, percent-encoded' },
    ])
  })
})

describe('an answer', () => {
  test('is for no cache on the way', async ({ service }) => {
    for (const path of ['/users', '/users/1', '/livez', '/nowhere']) {
      const answer = await service.request('GET', path)
      expect(answer.headers.get('Cache-Control')).toBe('no-store')
    }
  })
})

describe('a body', () => {
  test.for([
    'application/json',
    'Application/JSON; charset=utf-8',
    'application/json ; charset="UTF-8"',
  ])('is taken as %s', async (contentType, { service }) => {
    const answer = await service.request('POST', '/users', ada, { 'Content-Type': contentType })

    expect(answer.status).toBe(201)
  })

  test.for([
    'text/plain',
    'application/xml',
    'application/vnd.api+json',
    'application/merge-patch+json',
    'application/json; charset=latin1',
    'application/json; charset = latin1',
    'application/json; charset="utf-8',
    'multipart/form-data; boundary=x',
    'application/jsonx',
  ])('is refused as %s', async (contentType, { service }) => {
    const answer = await service.request('POST', '/users', '{', { 'Content-Type': contentType })

    expect(answer).toMatchObject({
      status: 415,
      body: { type: '/problems/unsupported-media-type' },
    })
  })

  test('is told what would be taken, as a PATCH or with a coding', async ({ service }) => {
    const accepted = async (method: string, path: string, header: string, value: string) => {
      const { status, headers } = await service.request(method, path, ada, { [header]: value })
      return [status, headers.get('Accept-Patch'), headers.get('Accept-Encoding')]
    }

    expect(await accepted('PATCH', '/users/1', 'Content-Type', 'text/plain')).toEqual([
      415,
      'application/json, application/merge-patch+json',
      null,
    ])
    expect(await accepted('POST', '/users', 'Content-Type', 'text/plain')).toEqual([
      415,
      null,
      null,
    ])
    for (const [method, path] of [
      ['POST', '/users'],
      ['PATCH', '/users/1'],
    ] as const) {
      expect(await accepted(method, path, 'Content-Encoding', 'gzip'), path).toEqual([
        415,
        null,
        'identity',
      ])
    }
  })

  test('is refused when it has no media type', async ({ service }) => {
    const body = new Blob([JSON.stringify(ada)])
    const response = await fetch(new URL('/users', service.url), { method: 'POST', body })

    expect(response.status).toBe(415)
  })

  test.for(['', '{', '{"name":}', 'nonsense', '\u0000'])(
    '%j is malformed',
    async (body, { service }) => {
      const answer = await service.request('POST', '/users', body)

      expect(answer).toMatchObject({ status: 400, body: { type: '/problems/malformed-json' } })
    },
  )

  test('that is not UTF-8 is malformed, for it could not be stored as it was meant', async ({
    service,
  }) => {
    const response = await fetch(new URL('/users', service.url), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: Buffer.from('{"name":"Zo\u00eb","email":"zoe@example.com"}', 'latin1'),
    })

    expect(response.status).toBe(400)
  })

  test.for(['null', '[]', '"text"', '1', 'true'])('%s is no user', async (body, { service }) => {
    const answer = await service.request('POST', '/users', body)

    expect(answer).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '', detail: 'must be a JSON object' }] },
    })
  })

  test('of 16 KiB is taken', async ({ service }) => {
    const json = JSON.stringify(ada)

    const answer = await service.request('POST', '/users', json.padEnd(16 * 1024))

    expect(answer.status).toBe(201)
  })

  test('of more than 16 KiB is refused before it is parsed', async ({ service }) => {
    const answer = await service.request('POST', '/users', ' '.repeat(16 * 1024 + 1))

    expect(answer).toMatchObject({ status: 413, body: { type: '/problems/body-too-large' } })
  })

  test('of more than 16 KiB is refused when its length is not announced', async ({ service }) => {
    const response = await fetch(new URL('/users', service.url), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: new Blob(['x'.repeat(20_000)]).stream(),
      duplex: 'half',
    })

    expect(response.status).toBe(413)
  })
})
