import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { describe, expect, inject } from 'vitest'
import { startEndpoint } from '../src/endpoint.ts'
import { test as base } from './support/neon-endpoint.ts'

const app = 'http://localhost:3000'

type Headers = Record<string, string | string[]>

/** Asks with a `Host`, a target or a header that comes twice, of its own choice: `fetch` sends none. */
async function ask(port: number, headers: Headers, method = 'POST', path = '/sql') {
  const lines = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().flatMap((value) => [name, value]),
  )
  const sent = request({ port, host: '127.0.0.1', method, path, headers: lines, setHost: false })
  sent.end(method === 'POST' ? '{"query":"insert into marks default values"}' : '')
  const [answer]: IncomingMessage[] = await once(sent, 'response')
  return {
    status: answer?.statusCode,
    headers: answer?.headers ?? {},
    text: answer ? await text(answer) : '',
  }
}

/** `countMarks` tells how often the statement of `ask` has run. */
const test = base
  .extend('marks', { scope: 'file' }, async ({ database }) => {
    await database.pool.query('create table marks (id bigint generated always as identity)')
    return async () => (await database.pool.query('select from marks')).rowCount
  })
  .extend('open', { scope: 'file' }, async ({ postgresUrl }, { onCleanup }) => {
    const stack = new AsyncDisposableStack()
    onCleanup(() => stack.disposeAsync())
    return async (cors: string[]) => {
      const endpoint = await startEndpoint({ postgresUrl, cors })
      stack.defer(() => endpoint.close())
      return endpoint.port
    }
  })

describe('a request', () => {
  test.for([
    'localhost',
    'localhost:4444',
    'LOCALHOST',
    'app.localhost:4444',
    '127.0.0.1',
    '127.0.0.1:4444',
    '127.8.9.10',
    '[::1]',
    '[::1]:4444',
  ])(
    'is answered when it calls this machine by its name: %s',
    async (Host, { endpoint, database, marks }) => {
      const before = await marks()

      const { status } = await ask(endpoint.port, { Host, 'Neon-Connection-String': database.url })

      expect(status).toBe(200)
      expect(await marks()).toBe(Number(before) + 1)
    },
  )

  test.for<[string, Headers, string?]>([
    ['another name', { Host: 'evil.example' }],
    ['a name that begins as an address', { Host: '127.0.0.1.evil.example' }],
    ['a name that begins as localhost', { Host: 'localhost.evil.example' }],
    ['a name that ends as localhost', { Host: 'evil-localhost' }],
    ['a user that looks like this machine', { Host: '127.0.0.1@evil.example' }],
    ['a user at this machine', { Host: 'evil.example@127.0.0.1' }],
    ['a path after it', { Host: 'localhost/evil' }],
    ['what is no address', { Host: '127.0.0.999' }],
    ['every address', { Host: '0.0.0.0' }],
    ['an address of the network', { Host: '192.168.0.1:4444' }],
    ['an address of IPv6', { Host: '[fe80::1]' }],
    ['nothing', { Host: '' }],
    ['two names', { Host: ['localhost', 'evil.example'] }],
    ['one name twice', { Host: ['localhost', 'localhost'] }],
    ['another name in its target', { Host: 'localhost' }, 'http://evil.example/sql'],
    ['a page of another origin', { Host: 'localhost', Origin: 'http://evil.example' }],
    ['a page of this machine', { Host: 'localhost', Origin: app }],
    ['a page that hides where it is from', { Host: 'localhost', Origin: 'null' }],
    ['two pages', { Host: 'localhost', Origin: [app, 'http://evil.example'] }],
  ])(
    'is refused from %s, and runs nothing',
    async ([, headers, path], { endpoint, database, open, marks }) => {
      const before = await marks()
      const choosy = await open(['http://localhost:3001'])
      const sent = { 'Neon-Connection-String': database.url, ...headers }

      const answers = [
        await ask(endpoint.port, sent, 'POST', path),
        await ask(endpoint.port, sent, 'OPTIONS', path),
        await ask(choosy, sent, 'POST', path),
      ]

      for (const answer of answers) {
        expect(answer.status).toBe(403)
        expect(Object.keys(answer.headers).join()).not.toMatch(/access-control|neon/)
        expect(answer.text).toMatch(headers['Origin'] ? /--cors/ : /to this machine alone/)
      }
      expect(await marks()).toBe(before)
    },
  )

  test('of another machine is refused even when every page may ask', async ({
    open,
    database,
    marks,
  }) => {
    const before = await marks()
    const port = await open(['*'])
    const url = { 'Neon-Connection-String': database.url }

    const { status } = await ask(port, { ...url, Host: 'evil.example', Origin: app })

    expect(status).toBe(403)
    expect(await marks()).toBe(before)
  })

  test('is refused before its body arrives, and the connection is closed', async ({ endpoint }) => {
    const headers = { Host: 'localhost', Origin: app, 'Content-Length': '1000000' }
    const sent = request({ port: endpoint.port, method: 'POST', path: '/sql', headers })
    sent.on('error', () => {})
    sent.flushHeaders()

    const [answer]: IncomingMessage[] = await once(sent, 'response')
    const closed = once(sent, 'close')
    answer?.resume()
    await closed

    expect(answer?.statusCode).toBe(403)
    expect(answer?.headers.connection).toBe('close')
  })
})

describe('cors', () => {
  test('lets the pages of an origin ask, and tells a browser so', async ({ open, database }) => {
    const port = await open(['https://app.example', app])
    const url = { Host: `localhost:${port}`, 'Neon-Connection-String': database.url }

    const preflight = await ask(port, { ...url, Origin: app }, 'OPTIONS')
    const answer = await ask(port, { ...url, Origin: app })
    const without = await ask(port, url)

    expect(preflight).toMatchObject({
      status: 200,
      headers: {
        'access-control-allow-origin': app,
        'access-control-allow-headers': expect.stringContaining('Neon-Connection-String'),
        vary: 'Origin',
      },
    })
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'access-control-allow-origin': app, vary: 'Origin' },
    })
    expect(without).toMatchObject({ status: 200, headers: { vary: 'Origin' } })
  })

  test.for(['https://app.example/', 'app.example', 'null', 'file://', 'HTTP://localhost', ''])(
    'takes no origin that no browser would send: %j',
    async (origin) => {
      const starting = startEndpoint({ postgresUrl: inject('postgresUrl'), cors: [app, origin] })

      await expect(starting).rejects.toMatchObject({
        name: 'NeonLocalError',
        message: expect.stringContaining('--cors as http://localhost:3000'),
      })
    },
  )
})
