// Takes over ten seconds: one whole start of `npm run dev`, for all of its tests.

import { once } from 'node:events'
import { readdir, readFile, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseEnv } from 'node:util'
import { test as base, describe, expect } from 'vitest'
import { rawRequest } from '../../packages/neon-local/test/support/raw-request.ts'
import { commandLinesWith } from '../support/arguments.ts'
import { expectNothingLeft, portsOf, postmasterOf, startDev } from '../support/dev.ts'
import { freePort } from '../support/ports.ts'

const port = await freePort()

const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('dev', { scope: 'file' }, async ({}, { onCleanup }) => {
    const dev = await startDev(port, 'CORS_ORIGINS="https://app.example.com"\n')
    onCleanup(() => dev.close())
    return dev
  })

/**
 * To the byte, so that a `Host` may come twice and a target may be a whole address. Resolves with
 * what came until the connection was closed, or silent for so long.
 */
async function exchange(to: number, head: readonly string[], silentMs = 60_000): Promise<string> {
  const socket = connect(to, '127.0.0.1').setEncoding('utf8')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  socket.on('error', () => {})
  socket.setTimeout(silentMs, () => socket.destroy())
  socket.write([...head, '', ''].join('\r\n'))
  await once(socket, 'close')
  return answer
}

const here = `Host: localhost:${port}`
const rebound = `Host: evil.test:${port}`
const get = 'GET /users HTTP/1.1'

/** What a browser can be brought to send, and what other programs send beside it. */
const foreign: readonly (readonly [string, ...string[]])[] = [
  ['a rebound page', get, rebound],
  ['a rebound page that forges its address', get, rebound, `MF-Original-URL: http://${here}/users`],
  ['a forged address alone', get, rebound, 'MF-Original-URL: http://localhost/users'],
  ['a forged address in an operation', get, rebound, 'MF-Op-Original-URL: http://localhost/users'],
  ['a forged host', get, rebound, 'X-Forwarded-Host: localhost', 'X-Forwarded-Proto: https'],
  ['a proxy', get, rebound, 'Forwarded: host=localhost;proto=https'],
  ['a forged client', get, rebound, 'CF-Connecting-IP: 127.0.0.1'],
  ['another host in the target', 'GET http://evil.test/users HTTP/1.1', here],
  ['this host in the target', 'GET http://localhost/users HTTP/1.1', rebound],
  ['two hosts', get, here, rebound],
  ['two hosts, the other first', get, rebound, here],
  ['a host that begins like this one', get, 'Host: localhost.evil.test'],
  ['a host that ends like this one', get, 'Host: evil.test@localhost'],
  ['another address', get, 'Host: 10.0.0.1'],
  ['a page of another origin', get, here, 'Origin: http://evil.test'],
  ['a page that begins like this one', get, here, 'Origin: http://localhost.evil.test'],
  ['a page without an origin', get, here, 'Origin: null'],
  ['a form of another origin', 'POST /users HTTP/1.1', here, 'Origin: https://evil.test'],
  ['a preflight', 'OPTIONS /users/1 HTTP/1.1', here, 'Origin: https://evil.test'],
]

const socketHead = [
  'Origin: http://evil.test',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
]

/** As the Worker, and as a debugger, where no page needs to be rebound. */
const waysIn = (host: string) => [
  [get, host, 'Connection: close'],
  [get, host, 'MF-Original-URL: http://localhost/users', 'Connection: close'],
  ['GET /json HTTP/1.1', host, 'Connection: close'],
  ...['/', '/ws', '/core:user:edge-users-local'].map((path) => [
    `GET ${path} HTTP/1.1`,
    host,
    ...socketHead,
  ]),
]

const readData = (directory: string, file: string) =>
  readFile(join(directory, '.data', file), 'utf8')

// The tests of this file share one start: wrangler, workerd and a new PostgreSQL take seconds.
describe('npm run dev', () => {
  test('serves 25 sample users', async ({ dev }) => {
    const users: unknown = await (await fetch(new URL('/users?limit=100', dev.url))).json()

    expect(users).toHaveLength(25)
  })

  test('keeps what it knows from other users, whatever the umask', async ({ dev }) => {
    const data = join(dev.project.directory, '.data')
    const [own = ''] = (await readdir(data)).filter((name) => name.startsWith('wrangler-'))
    const modeOf = async (name: string) => (await stat(join(data, name))).mode & 0o777

    expect(await Promise.all([own, `${own}/worker.env`, 'dev.env'].map(modeOf))).toEqual([
      0o700, 0o600, 0o600,
    ])
  })

  test.skipIf(process.platform !== 'linux')(
    'tells the other commands both addresses, and shows no password in a command line',
    async ({ dev }) => {
      const { DATABASE_URL = '', DATABASE_URL_DIRECT = '' } = parseEnv(
        await readData(dev.project.directory, 'dev.env'),
      )
      const addresses = [new URL(DATABASE_URL), new URL(DATABASE_URL_DIRECT)]

      const lines = await Promise.all(
        addresses.map(({ password }) => commandLinesWith(password, sleep(100))),
      )

      expect(addresses.map(({ username }) => username)).toEqual(['worker', 'neondb_owner'])
      expect(lines).toEqual([[], []])
    },
  )

  test.for(foreign)('refuses %s', async ([, ...head], { dev }) => {
    const answer = await exchange(Number(dev.url.port), [...head, 'Connection: close'])

    expect(answer).toMatch(/^HTTP\/1\.1 40[03] /)
    expect(answer).not.toMatch(/"email"|Access-Control-Allow/i)
  })

  test.for(['localhost', '127.0.0.1', '[::1]', 'LOCALHOST'])(
    'answers this machine, its pages and those of CORS_ORIGINS: %s',
    async (hostname, { dev }) => {
      const Host = `${hostname}:${port}`
      const fromHere = await rawRequest(dev.url, '/users?limit=1', { Host })
      const fromPage = await rawRequest(dev.url, '/users', { Host, Origin: `http://${Host}` })
      const Origin = 'https://app.example.com'
      const fromApp = await rawRequest(dev.url, '/users', { Host, Origin })

      expect([fromHere.status, fromPage.status, fromApp.status]).toEqual([200, 200, 200])
      expect(fromApp.headers['access-control-allow-origin']).toBe(Origin)
    },
  )

  test('lets a long token through as it is', async ({ dev }) => {
    const Authorization = `Bearer ${'x'.repeat(20_000)}`

    const read = await fetch(new URL('/users/1', dev.url), { headers: { Authorization } })

    expect(read.status).toBe(200)
  })

  test('lets a large body and a stream through as they are', async ({ dev }) => {
    const lines = Array.from({ length: 2_000 }, (_, index) =>
      JSON.stringify({ name: 'n'.repeat(200), email: `${index}@example.com` }),
    )

    const imported = await fetch(new URL('/users/import', dev.url), {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-ndjson' },
      body: lines.join('\n'),
    })
    const exported = await fetch(new URL('/users/export', dev.url))

    expect(await imported.json()).toMatchObject({ created: lines.length })
    expect((await exported.text()).trim().split('\n')).toHaveLength(lines.length + 25)
  })

  test.skipIf(process.platform !== 'linux')(
    'has no second door: not a port of wrangler, and no debugger',
    async ({ dev }) => {
      const ports = (await portsOf(dev.command)).filter((each) => each !== port)
      const requests = ports.flatMap((each) =>
        [`localhost:${each}`, `evil.test:${each}`].flatMap((host) =>
          waysIn(`Host: ${host}`).map((head) => ({ each, head })),
        ),
      )

      const answers = await Promise.all(
        requests.map(async ({ each, head }) => `${head}\n${await exchange(each, head, 2_000)}`),
      )

      expect(ports.length).toBeGreaterThan(2)
      for (const answer of answers) {
        expect(answer).not.toMatch(/"email"|^HTTP\/1\.1 101 |webSocketDebuggerUrl/m)
      }
    },
  )

  test('stops everything when PostgreSQL dies', async ({ dev: { command, project } }) => {
    const ports = await portsOf(command)

    process.kill(await postmasterOf(project), 'SIGKILL')

    expect(await command.ended).toBe(1)
    expect(command.output()).toMatch(/PostgreSQL has ended by itself\./)
    await expectNothingLeft(project, ports)
  })
})
