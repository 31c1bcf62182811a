import { test as base, describe, expect, inject } from 'vitest'
import { acceptKeys, testKey } from '../support/keys.ts'
import { type RawAnswer, rawRequest } from '../support/raw-request.ts'
import { startService } from '../support/service.ts'
import { asWorker } from '../support/worker-role.ts'

const key = testKey('guard')
const NEON_ENDPOINT = inject('endpointUrl')

const start = (variables: Record<string, string>) =>
  startService(inject('workerDir'), {
    DATABASE_URL: asWorker(inject('templateUrl')),
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
