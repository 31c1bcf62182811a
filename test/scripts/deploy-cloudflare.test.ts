import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Account, createCloudflare } from '../../scripts/deploy/cloudflare.ts'
import { logIn } from '../../scripts/deploy/login.ts'

type Reply = { status?: number; headers?: Record<string, string>; body?: unknown }
type Asked = { request: string; body: unknown; headers: IncomingMessage['headers'] }

const stop = new AbortController().signal
const good = (result: unknown): Reply => ({ body: { success: true, errors: [], result } })
const bad = (status: number, code: number, message: string, headers = {}): Reply => ({
  status,
  headers,
  body: { success: false, errors: [{ code, message }], result: null },
})

/** An API that gives these replies, one after the other; the last one for ever. */
async function startApi(...replies: (Reply | 'hang up')[]) {
  const asked: Asked[] = []
  const server = createServer(async (incoming, outgoing) => {
    const reply = replies[Math.min(asked.length, replies.length - 1)] ?? {}
    const { method, url, headers } = incoming
    asked.push({
      request: `${method} ${url}`,
      body: method === 'GET' ? undefined : await json(incoming),
      headers,
    })
    if (reply === 'hang up') {
      incoming.socket.destroy()
      return
    }
    const { status = 200, body = {} } = reply
    outgoing.writeHead(status, reply.headers)
    outgoing.end(typeof body === 'string' ? body : JSON.stringify(body))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v4`
  return {
    apiUrl,
    asked,
    account: { apiUrl, id: 'acc', headers: { Authorization: 'Bearer canary' } },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const scripts = '/v4/accounts/acc/workers/scripts/edge-users'

const open = (account: Account, signal = stop) =>
  createCloudflare(account, 'edge-users', signal, [1, 1, 1])

describe('what is asked of Cloudflare', () => {
  test('lists deployments newest first, with their messages', async () => {
    const deployment = (created_on: string, id: string, message?: string) => ({
      created_on,
      ...(message && { annotations: { 'workers/message': message } }),
      versions: [{ version_id: id, percentage: 100 }],
    })
    await using api = await startApi(
      good({ deployments: [deployment('2026-01-01', 'a'), deployment('2026-02-01', 'b', 'new')] }),
    )

    const found = await open(api.account).deployments()

    expect(found).toEqual([
      { message: 'new', versions: [{ id: 'b', percentage: 100 }] },
      { message: '', versions: [{ id: 'a', percentage: 100 }] },
    ])
    expect(api.asked[0]?.request).toBe(`GET ${scripts}/deployments`)
    expect(api.asked[0]?.headers.authorization).toBe('Bearer canary')
  })

  test('is nothing of a Worker that there is not', async () => {
    await using api = await startApi(bad(404, 10_007, 'This Worker does not exist.'))
    const cloudflare = open(api.account)

    expect([await cloudflare.deployments(), await cloudflare.secretNames()]).toEqual([[], []])
  })

  test.for([
    ['a lost connection', 'hang up'],
    ['a 500', bad(500, 10_013, 'An unknown error has occurred.')],
    ['a page of a proxy', { status: 502, body: '<h1>Bad Gateway</h1>' }],
    ['too many requests', bad(429, 971, 'Slow down.', { 'Retry-After': '1' })],
  ] as const)('is asked again after %s', async ([, fault]) => {
    await using api = await startApi(fault, fault, good([{ name: 'API_KEYS' }]))

    const start = performance.now()
    const names = await open(api.account).secretNames()

    expect(names).toEqual(['API_KEYS'])
    const isLimit = typeof fault === 'object' && fault.status === 429
    expect(performance.now() - start).toBeGreaterThan(isLimit ? 1_950 : 0)
  })

  test('is given up in the end, with what Cloudflare said', async () => {
    await using api = await startApi(bad(503, 7_010, 'Service unavailable.'))

    const asking = open(api.account).deployments()

    await expect(asking).rejects.toThrow(
      'Cloudflare answered GET /scripts/edge-users/deployments with 503: Service unavailable. (7010).',
    )
    expect(api.asked).toHaveLength(4)
  })

  test('is not asked again when it was refused, and no credential is repeated', async () => {
    await using api = await startApi(bad(403, 10_000, 'Authentication error'))

    const failure = await open(api.account)
      .secretNames()
      .catch(({ message }: Error) => message)

    expect(failure).toMatch(
      /with 403: Authentication error \(10000\)\. Look whether the credential/,
    )
    expect(failure).not.toContain('canary')
    expect(api.asked).toHaveLength(1)
  })

  test.for([
    ['another shape', good({ list: [] })],
    ['no JSON', { body: 'Hello.' }],
  ] as const)('fails with a sentence when the answer has %s', async ([, reply]) => {
    await using api = await startApi(reply)

    const asking = open(api.account).deployments()

    await expect(asking).rejects.toMatchObject({
      name: 'CommandError',
      message: expect.stringMatching(/^Cloudflare answered /),
    })
  })

  test('goes nowhere else by a redirect', async () => {
    await using elsewhere = await startApi(good([]))
    const headers = { Location: `${elsewhere.apiUrl}/steal` }
    await using api = await startApi({ status: 302, headers })

    await expect(open(api.account).secretNames()).rejects.toThrow('with 302')
    expect(elsewhere.asked).toEqual([])
  })

  test('ends when the deploy is stopped', async () => {
    await using api = await startApi('hang up')
    const stopping = new AbortController()
    stopping.abort(new Error('Ctrl-C'))

    await expect(open(api.account, stopping.signal).secretNames()).rejects.toThrow('Ctrl-C')
  })
})

describe('the change of traffic', () => {
  test('is made again when its answer was lost: the same shares come to the same', async () => {
    await using api = await startApi('hang up', good({ id: 'deployment' }))

    await open(api.account).deploy(
      [
        ['old', 90],
        ['new', 10],
      ],
      'Deploy abc',
    )

    const body = {
      strategy: 'percentage',
      versions: [
        { version_id: 'old', percentage: 90 },
        { version_id: 'new', percentage: 10 },
      ],
      annotations: { 'workers/message': 'Deploy abc' },
    }
    const request = `POST ${scripts}/deployments`
    expect(api.asked).toMatchObject([
      { request, body },
      { request, body },
    ])
  })

  test('goes back across changed secrets, which Cloudflare must be told twice', async () => {
    await using api = await startApi(
      bad(400, 10_220, 'The following secrets have changed: API_KEYS'),
      good({ id: 'deployment' }),
    )

    await open(api.account).rollBack('old', 'Back from abc')

    expect(api.asked.map(({ request }) => request)).toEqual([
      `POST ${scripts}/deployments`,
      `POST ${scripts}/deployments?force=true`,
    ])
  })

  test('goes forward over nothing that Cloudflare refuses', async () => {
    await using api = await startApi(bad(400, 10_220, 'The following secrets have changed'))

    const deploying = open(api.account).deploy([['new', 100]], '')

    await expect(deploying).rejects.toThrow('10220')
    expect(api.asked).toHaveLength(1)
  })
})

describe('who asks', () => {
  const set = (variables: Record<string, string>) => {
    for (const name of ['API_TOKEN', 'API_KEY', 'EMAIL', 'ACCOUNT_ID', 'API_BASE_URL']) {
      vi.stubEnv(`CF_${name}`, '')
      vi.stubEnv(`CLOUDFLARE_${name}`, variables[name] ?? '')
    }
  }
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  test('is whom the environment names, at the address of wrangler', async () => {
    set({ API_TOKEN: 'canary', ACCOUNT_ID: 'mine' })

    expect(await logIn(undefined, stop)).toEqual({
      apiUrl: 'https://api.cloudflare.com/client/v4',
      headers: { Authorization: 'Bearer canary' },
      id: 'mine',
    })
    expect(await logIn('of wrangler.toml', stop)).toMatchObject({ id: 'of wrangler.toml' })
  })

  test('may have a global key, or the names that wrangler had before', async () => {
    set({ API_KEY: 'canary', EMAIL: 'ada@example.com', ACCOUNT_ID: 'mine' })
    expect((await logIn(undefined, stop)).headers).toEqual({
      'X-Auth-Key': 'canary',
      'X-Auth-Email': 'ada@example.com',
    })

    set({ ACCOUNT_ID: 'mine' })
    vi.stubEnv('CF_API_TOKEN', 'old name')
    expect((await logIn(undefined, stop)).headers).toEqual({ Authorization: 'Bearer old name' })
  })

  const accounts = (...ids: string[]) => good(ids.map((id) => ({ id, name: `Name of ${id}` })))

  test('has the only account that the credential may see', async () => {
    await using api = await startApi(accounts('mine'))
    set({ API_TOKEN: 'canary', API_BASE_URL: `${api.apiUrl}/` })

    expect(await logIn(undefined, stop)).toMatchObject({ id: 'mine' })
    expect(api.asked[0]?.request).toBe('GET /v4/accounts?per_page=50&page=1')
  })

  test('must say which, of several on as many pages, on a server that knows no pages too', async () => {
    const full = Array.from({ length: 50 }, (_, index) => `a${index}`)
    await using api = await startApi(accounts(...full))
    set({ API_TOKEN: 'canary', API_BASE_URL: api.apiUrl })

    await expect(logIn(undefined, stop)).rejects.toThrow(
      /Set CLOUDFLARE_ACCOUNT_ID to one:\n {2}a0 {2}Name of a0\n {2}a1/,
    )
    expect(api.asked).toHaveLength(2)
  })

  test('must say which when the credential may see none', async () => {
    await using api = await startApi(accounts())
    set({ API_TOKEN: 'canary', API_BASE_URL: api.apiUrl })

    await expect(logIn(undefined, stop)).rejects.toThrow('set CLOUDFLARE_ACCOUNT_ID')
  })
})
