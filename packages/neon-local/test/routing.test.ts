import { describe, expect, inject } from 'vitest'
import { startEndpoint } from '../src/endpoint.ts'
import { problem, sender, test } from './support/neon-endpoint.ts'
import { rawExchange, rawRequest } from './support/raw-request.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

describe('POST /sql', () => {
  test.for(['text/plain;charset=UTF-8', 'application/sql', 'application/json'])(
    'is answered whatever the content type, here %s',
    async (type, { send }) => {
      const reply = await send({ query: 'select 1 as n' }, { 'Content-Type': type })

      expect(reply).toMatchObject({ status: 200, body: { rows: [{ n: 1 }] } })
    },
  )

  test('is answered without a content type', async ({ endpoint, database }) => {
    const response = await fetch(endpoint.url, {
      method: 'POST',
      headers: { 'Neon-Connection-String': database.url },
      body: new Blob(['{"query":"select 1 as n"}']),
    })

    expect(await response.json()).toMatchObject({ rows: [{ n: 1 }] })
  })

  test.for(['select 1', 'garbage'])('has the same headers for %s', async (query, { send }) => {
    const { headers } = await send({ query })

    expect(headers.get('Content-Type')).toBe('application/json')
    expect(headers.get('Access-Control-Allow-Origin')).toBeNull()
    expect(headers.get('Neon-Request-Id')).toMatch(uuid)
  })

  test('has a request id of its own', async ({ send }) => {
    const [first, second] = await Promise.all([send({ query: '' }), send({ query: '' })])

    expect(first.headers.get('Neon-Request-Id')).not.toBe(second.headers.get('Neon-Request-Id'))
  })

  test('answers all 17 keys of an error', async ({ send }) => {
    expect((await send('{')).body).toEqual(problem(expect.any(String)))
  })
})

describe('OPTIONS /sql', () => {
  test('names the methods, and allows no page anything', async ({ endpoint }) => {
    const response = await fetch(endpoint.url, { method: 'OPTIONS' })

    expect(response.status).toBe(200)
    expect(await response.text()).toBe('')
    expect(response.headers.get('Allow')).toBe('OPTIONS, POST')
    expect([...response.headers.keys()].join()).not.toContain('access-control')
  })
})

describe("with cors: ['*'], as hosted", () => {
  test('OPTIONS /sql lets a browser send the headers of the driver', async () => {
    const endpoint = await startEndpoint({ postgresUrl: inject('postgresUrl'), cors: ['*'] })
    const response = await fetch(endpoint.url, { method: 'OPTIONS' })
    await endpoint.close()

    expect(response.status).toBe(200)
    expect(await response.text()).toBe('')
    expect(Object.fromEntries(response.headers)).toMatchObject({
      allow: 'OPTIONS, POST',
      'access-control-allow-origin': '*',
      'access-control-allow-headers':
        'Authorization, Neon-Connection-String, Neon-Raw-Text-Output, Neon-Array-Mode, ' +
        'Neon-Pool-Opt-In, Neon-Batch-Read-Only, Neon-Batch-Isolation-Level',
      'access-control-max-age': '86400',
      'neon-request-id': expect.stringMatching(uuid),
    })
    expect(response.headers.has('Vary')).toBe(false)
  })

  test('every answer may be read by every page', async ({ database }) => {
    const endpoint = await startEndpoint({ postgresUrl: inject('postgresUrl'), cors: ['*'] })
    const send = sender(endpoint.url, database.url)
    const replies = [await send({ query: 'select 1' }), await send('garbage')]
    const origin = await send({ query: 'select 1' }, { Origin: 'null' })
    await endpoint.close()

    for (const { headers } of [...replies, origin]) {
      expect(headers.get('Access-Control-Allow-Origin')).toBe('*')
    }
  })
})

describe('the target', () => {
  test.for(['/sql?x=/y', '/sql#x', 'http://localhost/sql', 'HTTP://127.0.0.1:1/sql?x#y'])(
    'may be %s',
    async (path, { endpoint }) => {
      const answer = await rawRequest(new URL(endpoint.url), path, {}, 'OPTIONS')

      expect(answer).toMatchObject({ status: 200, headers: { allow: 'OPTIONS, POST' } })
    },
  )

  test.for(['http://localhost', 'http://localhost/', 'http://localhost/x/sql', '//sql', '/x#/sql'])(
    'may not be %s',
    async (path, { endpoint }) => {
      const answer = await rawRequest(new URL(endpoint.url), path, {}, 'OPTIONS')

      expect(answer).toMatchObject({ status: 400, text: '"query is not supported"' })
    },
  )
})

describe('the headers', () => {
  test('may be long', async ({ send }) => {
    expect(await send({ query: '' }, { 'X-Long': 'x'.repeat(100_000) })).toMatchObject({
      status: 200,
    })
  })

  test('may leave out the host', async ({ endpoint }) => {
    const request = 'OPTIONS /sql HTTP/1.1\r\nConnection: close\r\n\r\n'

    expect(await rawExchange(new URL(endpoint.url), request)).toMatch(/^HTTP\/1.1 200 /)
  })
})

describe('anything else', () => {
  test.for([
    ['POST', '/other'],
    ['POST', '/sql/'],
    ['POST', '/'],
    ['GET', '/sql'],
    ['DELETE', '/sql'],
    ['OPTIONS', '/'],
  ] as const)('is refused: %s %s', async ([method, path], { endpoint }) => {
    const response = await fetch(new URL(path, endpoint.url), { method })

    expect(response.status).toBe(400)
    expect(await response.json()).toBe('query is not supported')
  })
})

describe('the address', () => {
  test('is loopback, on both families', async ({ endpoint, database }) => {
    for (const host of ['127.0.0.1', '[::1]']) {
      const response = await fetch(`http://${host}:${endpoint.port}/sql`, {
        method: 'POST',
        headers: { 'Neon-Connection-String': database.url },
        body: '{"query":"select 1"}',
      })

      expect(response.status).toBe(200)
    }
    expect(endpoint.url).toBe(`http://127.0.0.1:${endpoint.port}/sql`)
  })
})
