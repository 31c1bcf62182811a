import { test as base, describe, expect, inject } from 'vitest'
import {
  type RawAnswer,
  rawExchange,
  rawRequest,
} from '../../packages/neon-local/test/support/raw-request.ts'
import { acceptKeys, testKey } from '../support/keys.ts'
import { startService } from '../support/service.ts'
import { asWorker } from '../support/worker-role.ts'

const key = testKey('guard')
const NEON_ENDPOINT = inject('endpointUrl')

const start = (variables: Record<string, string>) =>
  startService(inject('workerDir'), {
    DATABASE_URL: asWorker(inject('emptyUrl')),
    ...variables,
  })

const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('open', { scope: 'file' }, async ({}, { onCleanup }) => {
    const service = await start({ NEON_ENDPOINT })
    onCleanup(() => service.close())
    return service
  })
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('local', { scope: 'file' }, async ({}, { onCleanup }) => {
    const service = await start({ NEON_ENDPOINT, ...acceptKeys(key) })
    onCleanup(() => service.close())
    return service
  })
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('deployed', { scope: 'file' }, async ({}, { onCleanup }) => {
    const service = await start(acceptKeys(key))
    onCleanup(() => service.close())
    return service
  })

const paths = ['/users/1', '/users', '/livez', '/readyz', '/docs', '/openapi.json', '/nowhere']

const foreign = ['users.example.com', 'localhost.example.com', '127.0.0.1.example.com', '10.0.0.1']

const codeOf = ({ status, text }: RawAnswer) => [status, JSON.parse(text).type]

describe('a request for another host', () => {
  test.for(foreign)('is refused with AUTH=open: %s', async (Host, { open }) => {
    for (const path of paths) {
      const answer = await rawRequest(open.url, path, { Host })
      expect(codeOf(answer), path).toEqual([403, '/problems/local-only'])
    }
  })

  test.for(foreign)('is refused with NEON_ENDPOINT: %s', async (Host, { local }) => {
    for (const path of paths) {
      const answer = await rawRequest(local.url, path, { Host, ...key.headers })
      expect(codeOf(answer), path).toEqual([403, '/problems/local-only'])
    }
  })

  test.for(foreign)('is refused over plain http: %s', async (Host, { deployed }) => {
    for (const path of paths) {
      const answer = await rawRequest(deployed.url, path, { Host, ...key.headers })
      expect(codeOf(answer), path).toEqual([403, '/problems/insecure-transport'])
    }
  })
})

describe('a request for this machine', () => {
  test.for(['localhost', '127.0.0.1', '[::1]'])(
    'is answered: %s',
    async (Host, { open, local, deployed }) => {
      for (const { url } of [open, local, deployed]) {
        const answer = await rawRequest(url, '/livez', { Host: `${Host}:${url.port}` })
        expect(answer.status).toBe(200)
      }
    },
  )
})

describe('a request that does not say which host it is for', () => {
  const exchange = (url: URL, hosts: readonly string[]) =>
    rawExchange(
      url,
      [
        'GET /livez HTTP/1.1',
        ...hosts.map((host) => `Host: ${host}`),
        'Connection: close',
        '',
        '',
      ].join('\r\n'),
    )

  test.for<[hosts: readonly string[]]>([
    [['localhost', 'users.example.com']],
    [['users.example.com', 'localhost']],
    [['localhost', 'localhost']],
    [['localhost, localhost']],
    [['local host']],
    [['<localhost>']],
    [['%zz']],
    [['[::1']],
    [['localhost:x']],
    [['localhost:99999']],
    [['user@localhost']],
    [['users.example.com@localhost']],
    [['localhost?x']],
    [['localhost#x']],
    [['localhost\\x']],
    [['l\u00f6calhost']],
  ])('is refused: %j', async ([hosts], { local }) => {
    const answer = await exchange(local.url, hosts)

    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('/problems/invalid-host')
  })

  test.for<[hosts: readonly string[]]>([[[]], [['']]])(
    'is refused by the runtime: %j',
    async ([hosts], { local }) => {
      expect(await exchange(local.url, hosts)).toMatch(/^HTTP\/1\.1 400 /)
    },
  )

  test('is not one that names its host in the address too', async ({ local }) => {
    const good = await rawExchange(
      local.url,
      'GET http://localhost/livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    )

    expect(good).toMatch(/^HTTP\/1\.1 200 /)
  })
})
