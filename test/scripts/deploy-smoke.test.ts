import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { isAnswered, smoke, watch } from '../../scripts/deploy/smoke.ts'
import {
  commitOf,
  messageOf,
  readStanding,
  verifiedMessageOf,
} from '../../scripts/deploy/standing.ts'

type Reply = { status?: number; body?: unknown }

const good = {
  ready: { body: { status: 'ok', versionId: 'new' } },
  alive: { body: { status: 'ok', versionId: 'new' } },
  read: { body: [] },
  readWithoutKey: { status: 401 },
} satisfies Record<string, Reply>

/** A service that answers as it is told. A function is asked anew at each request. */
async function startService(replies: Partial<Record<keyof typeof good, Reply | (() => Reply)>>) {
  const overrides: (string | undefined)[] = []
  const all = { ...good, ...replies }
  const server = createServer((request, response) => {
    const withoutKey = request.headers.authorization === undefined
    const name =
      request.url === '/readyz'
        ? 'ready'
        : request.url === '/livez'
          ? 'alive'
          : withoutKey
            ? 'readWithoutKey'
            : 'read'
    const found = all[name]
    const { status = 200, body = {} }: Reply = typeof found === 'function' ? found() : found
    overrides.push(request.headers['cloudflare-workers-version-overrides']?.toString())
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    overrides,
    target: { url, name: 'edge-users', key: 'key', waitMs: 100 },
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

const oldOnce = () => {
  let count = 0
  return () => {
    count += 1
    return { body: { status: 'ok', versionId: count === 3 ? 'old' : 'new' } }
  }
}

describe('the smoke test', { concurrent: true }, () => {
  test.for([
    ['works', {}],
    ['has no users yet', { read: { status: 404, body: { type: '/problems/no-users' } } }],
  ] as const)('is content with a service that %s', async ([, replies]) => {
    await using service = await startService(replies)

    await smoke(service.target, 'new', { byHeader: true })

    expect(new Set(service.overrides)).toEqual(new Set(['edge-users="new"']))
  })

  test.for([
    [
      'behind its database',
      { ready: { status: 503, body: { type: '/problems/database-behind' } } },
      'database-behind',
    ],
    ['of another version', { ready: { body: { versionId: 'old' } } }, 'the version old answered'],
    ['of another version now and then', { ready: oldOnce() }, 'the version old answered'],
    [
      'that has become another version meanwhile',
      { alive: { body: { versionId: 'old' } } },
      '/livez',
    ],
    ['that reads nothing', { read: { status: 500 } }, 'with EDGE_USERS_KEY answered 500'],
    ['that refuses the key', { read: { status: 403 } }, 'with EDGE_USERS_KEY answered 403'],
    ['that has lost its paths', { read: { status: 404 } }, 'with EDGE_USERS_KEY answered 404'],
    ['that lets everybody in', { readWithoutKey: { body: [] } }, 'without a key answered 200'],
  ] as const)('refuses a service %s', async ([, replies, sentence]) => {
    await using service = await startService(replies)

    await expect(smoke(service.target, 'new', { byHeader: false })).rejects.toThrow(sentence)
  })

  test('waits for a version to be everywhere', async () => {
    await using service = await startService({ ready: oldOnce() })

    await smoke({ ...service.target, waitMs: 5_000 }, 'new', { byHeader: false })

    expect(service.overrides.length).toBeGreaterThan(8)
  })
})

describe('watching', { concurrent: true }, () => {
  test('lets one failure pass', async () => {
    let count = 0
    await using service = await startService({
      read: () => {
        count += 1
        return count === 1 ? { status: 503 } : good.read
      },
    })

    await watch(service.target, 600)
  })

  test.for([500, 401, 404])('stops at two answers with %i in a row', async (status) => {
    await using service = await startService({ read: { status } })

    await expect(watch(service.target, 600)).rejects.toThrow(String(status))
  })
})

describe('an address', { concurrent: true }, () => {
  test.for([
    ['a service', { alive: {} }, true],
    ['a page of somebody else', { alive: { status: 404, body: '<html>' } }, true],
    ['Cloudflare without a Worker', { alive: { status: 404, body: 'error code: 1042' } }, false],
    ['Cloudflare without a host behind it', { alive: { status: 530 } }, false],
  ] as const)('with %s', async ([, replies, expected]) => {
    await using service = await startService(replies)

    expect(await isAnswered(service.target.url)).toBe(expected)
  })

  test('with nobody', async () => {
    expect(await isAnswered('http://127.0.0.1:1')).toBe(false)
  })
})

describe('where a deploy stands', () => {
  const commit = '0123456789abcdef'
  const whole = (id: string, message = '') => ({ message, versions: [{ id, percentage: 100 }] })
  const split = (message: string, ...shares: [string, number][]) => ({
    message,
    versions: shares.map(([id, percentage]) => ({ id, percentage })),
  })

  test.for([
    ['before the first', [], { begun: undefined, stable: undefined, isVerified: false }],
    [
      'after another commit',
      [whole('a', 'Deployed fedcba987654: version a')],
      { begun: undefined, stable: 'a' },
    ],
    [
      'after itself',
      [whole('b', verifiedMessageOf(commit, 'b')), whole('a')],
      { begun: 'b', stable: 'a', percentage: 100, isVerified: true },
    ],
    [
      'half-way',
      [split(messageOf(commit, 'b'), ['a', 90], ['b', 10]), whole('a')],
      { begun: 'b', stable: 'a', percentage: 10, isVerified: false },
    ],
    [
      'half-way, with nothing else on the list of ten',
      [split(messageOf(commit, 'b'), ['a', 20], ['b', 80])],
      { begun: 'b', stable: 'a', percentage: 80 },
    ],
    [
      'after going back',
      [whole('a', 'Back from 0123456789ab: verify failed'), whole('b', messageOf(commit, 'b'))],
      { begun: undefined, stable: 'a' },
    ],
    [
      'after another commit that has stopped half-way',
      [split('Deploy fedcba987654: version c', ['a', 50], ['c', 50]), whole('a')],
      { begun: undefined, stable: 'a' },
    ],
  ] as const)('%s', ([, deployments, expected]) => {
    expect(readStanding(deployments, commit, false)).toMatchObject(expected)
  })

  test.for([
    ['verified', [whole('a', 'Deployed fedcba987654: version a')], 'fedcba987654'],
    [
      'gone back to',
      [
        whole('a', 'Back from 0123456789ab: smoke failed'),
        whole('a', 'Deploy 00cba9876543: version a'),
      ],
      '00cba9876543',
    ],
    ['made by hand', [whole('a', 'by hand')], undefined],
  ] as const)('and which commit a version was made of that was %s', ([, deployments, commit]) => {
    expect(commitOf(deployments, 'a')).toBe(commit)
  })

  test('goes on with nothing when there are new secrets', () => {
    const deployments = [whole('b', messageOf(commit, 'b')), whole('a')]

    expect(readStanding(deployments, commit, true)).toMatchObject({ begun: undefined, stable: 'b' })
  })
})
