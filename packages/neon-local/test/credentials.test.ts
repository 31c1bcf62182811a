import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import { describe, expect, onTestFinished } from 'vitest'
import { startEndpoint } from '../src/endpoint.ts'
import { problem, sender, test } from './support/neon-endpoint.ts'
import { rawRequest } from './support/raw-request.ts'

const query = { query: 'select current_user as user, current_database() as database' }

/** The connection string with parts of it replaced. */
const withParts = (url: string, parts: Partial<URL>) => Object.assign(new URL(url), parts).href

/** Roles belong to the whole server: this one goes with the test. */
async function createRole(
  pool: Pool,
  name: string,
  password: string,
  options = 'login',
): Promise<void> {
  await pool.query(`create role "${name}" ${options} password '${password}'`)
  onTestFinished(async () => void (await pool.query(`drop role "${name}"`)))
}

describe('the connection string', () => {
  test('is required', async ({ endpoint }) => {
    const response = await fetch(endpoint.url, { method: 'POST', body: JSON.stringify(query) })

    expect(response.status).toBe(400)
    expect(await response.json()).toEqual(problem('invalid header: neon-connection-string'))
  })

  test.for([
    ['mysql://u:p@host/db', 'incorrect scheme'],
    ['postgres://u:p@host', 'missing database name'],
    ['postgres://host/db', 'missing username'],
    ['postgres://u@host/db', 'missing authentication credentials: required password'],
    ['postgres:/db', 'missing username'],
    ['postgres://u:@host/db', 'missing authentication credentials: required password'],
    ['postgres://u:p@/db', 'missing hostname'],
    ['postgres://u:p@[::1]:5432/db', 'missing hostname'],
    [
      'postgres://%ff:p@host/db',
      'invalid username: invalid utf-8 sequence of 1 bytes from index 0',
    ],
    ['postgres://u:p@host/d%c3', 'invalid username: incomplete utf-8 byte sequence from index 1'],
    [
      'postgres://u%e2%82x:p@host/d',
      'invalid username: invalid utf-8 sequence of 2 bytes from index 1',
    ],
    ['postgres://u%00:p@host/db', "password authentication failed for user 'u\0'"],
    ['postgres://u:%00p@host/db', "password authentication failed for user 'u'"],
    ['postgres://u:%00@host/db', "password authentication failed for user 'u'"],
    ['no URL', 'invalid connection string: relative URL without a base'],
    ['postgres://u:p@host:99999/db', 'invalid connection string: invalid port number'],
    ['postgres://u:p@host:1x/db', 'invalid connection string: invalid port number'],
    ['postgres://u:p@:5432/db', 'invalid connection string: empty host'],
    ['postgres://@/db', 'invalid connection string: empty host'],
    ['postgres://u:p@[::1/db', 'invalid connection string: invalid IPv6 address'],
    ['postgres://u:p@[host]/db', 'invalid connection string: invalid IPv6 address'],
    ['postgres://u:p@a b/db', 'invalid connection string: invalid domain character'],
    ['mysql://u:p@a^b/db', 'invalid connection string: invalid domain character'],
  ] as const)('%s is refused: %s', async ([url, message], { send }) => {
    const reply = await send(query, { 'Neon-Connection-String': url })

    expect(reply).toMatchObject({ status: 400, body: problem(message) })
  })

  test('never stands in the answer', async ({ send }) => {
    const url = 'postgres://user:canary@host:port/db'

    const reply = await send(query, { 'Neon-Connection-String': url })

    expect(JSON.stringify(reply.body)).not.toContain('canary')
  })

  test('does without its query parameters', async ({ send, database }) => {
    const parameters =
      'sslmode=require&application_name=x&options=-c%20x%3D1&channel_binding=require&x=%zz'
    const url = `${database.url}?${parameters}`

    const reply = await send(query, { 'Neon-Connection-String': url })

    expect(reply).toMatchObject({ status: 200, body: { rows: [{ database: database.name }] } })
  })

  test('may name any host', async ({ send, database }) => {
    for (const hostname of ['LOCALHOST', 'ep-x-1-pooler.us-east-2.aws.neon.tech', '10.0.0.1']) {
      const url = withParts(database.url, { hostname })

      expect(await send(query, { 'Neon-Connection-String': url })).toMatchObject({ status: 200 })
    }
  })

  test.for([
    ['an empty port', 'u:p@localhost:/d'],
    ['an @ in the password', 'u:p@p@localhost/d'],
    ['dots in front of the database', 'u:p@localhost/../d'],
    ['a stray %', 'u:%p%2@localhost/d'],
    ['blanks and tabs', 'u:p@local\thost/d  '],
  ] as const)('is read as hosted, with %s', async ([, rest], { send }) => {
    const reply = await send(query, { 'Neon-Connection-String': ` postgres://${rest}` })

    const message = "password authentication failed for user 'u'"
    expect(reply).toMatchObject({ status: 400, body: problem(message) })
  })

  test('counts the first time that it comes', async ({ endpoint, database }) => {
    const twice = [database.url, 'postgres://nobody:canary@h/d']
    const headers = { 'Neon-Connection-String': twice, 'Content-Length': '0' }
    const answer = await rawRequest(new URL(endpoint.url), '/sql', headers, 'POST')

    expect(answer.text).toContain('EOF while parsing a value')
    expect(answer.text).not.toContain('canary')
  })

  test('is read before the isolation level and the body', async ({ send }) => {
    const headers = { 'Neon-Connection-String': 'x://', 'Neon-Batch-Isolation-Level': 'x' }

    expect(await send('{', headers)).toMatchObject({ body: { message: 'incorrect scheme' } })
  })
})

describe('credentials', () => {
  test('must hold a password, not a token', async ({ send }) => {
    const reply = await send(query, { Authorization: 'Bearer token' })

    const message = 'missing authentication credentials: required password'
    expect(reply).toMatchObject({ status: 400, body: problem(message) })
  })

  test('must fit, even beside a session that is open', async ({ send, database }) => {
    await send(query)

    for (const parts of [{ password: 'wrong' }, { username: 'nobody' }]) {
      const url = withParts(database.url, parts)
      const reply = await send(query, { 'Neon-Connection-String': url })

      const message = `password authentication failed for user '${new URL(url).username}'`
      expect(reply).toMatchObject({ status: 400, body: problem(message) })
    }
  })

  test('may hold any character', async ({ send, database }) => {
    const [user, password] = [`http+auth$$ ${database.name}`, '%+$^&*@!']
    await createRole(database.pool, user, password)
    const parts = { username: user, password: encodeURIComponent(password) }
    const url = withParts(database.url, parts)

    const reply = await send(query, { 'Neon-Connection-String': url })

    expect(reply).toMatchObject({ status: 200, body: { rows: [{ user }] } })
  })

  test('may name a database with spaces', async ({ send, database }) => {
    const name = `${database.name} with spaces`
    await database.pool.query(`create database "${name}"`)
    onTestFinished(async () => {
      await database.pool.query(`drop database "${name}" with (force)`)
    })
    const url = withParts(database.url, { pathname: `/${name}` })

    const reply = await send(query, { 'Neon-Connection-String': url })

    expect(reply).toMatchObject({ status: 200, body: { rows: [{ database: name }] } })
  })

  test('must name a database that exists', async ({ send, database }) => {
    const url = withParts(database.url, { pathname: '/nowhere' })

    const reply = await send(query, { 'Neon-Connection-String': url })

    const message = 'database "nowhere" does not exist'
    expect(reply).toMatchObject({
      status: 400,
      body: { message, code: '3D000', severity: 'FATAL' },
    })
  })

  test.for([
    ['may not log in', 'nologin', { code: '28000' }],
    ['has expired', `login valid until '2020-01-01'`, { code: '28P01' }],
  ] as const)(
    'that fit a role that %s are a 500',
    async ([, options, error], { send, database }) => {
      const user = `${options.slice(0, 7)} ${database.name}`
      await createRole(database.pool, user, 'right', options)
      const url = withParts(database.url, { username: user, password: 'right' })

      const reply = await send(query, { 'Neon-Connection-String': url })

      expect(reply).toMatchObject({ status: 500, body: { ...error, severity: 'FATAL' } })
    },
  )

  test('that do not fit a role that may not log in are refused', async ({ send, database }) => {
    const user = `no login ${database.name}`
    await createRole(database.pool, user, 'right', 'nologin')
    const url = withParts(database.url, { username: user, password: 'wrong' })

    const reply = await send(query, { 'Neon-Connection-String': url })

    const message = `password authentication failed for user '${user}'`
    expect(reply).toMatchObject({ status: 400, body: problem(message) })
  })

  test('may end in NUL, which proves nothing', async ({ send, database }) => {
    const url = withParts(database.url, { password: `${new URL(database.url).password}%00` })

    expect(await send(query, { 'Neon-Connection-String': url })).toMatchObject({ status: 200 })
  })

  test('hold no setting behind a NUL', async ({ send, database }) => {
    const url = `${database.url}%00options%00-c%20work_mem%3D999`

    const reply = await send(query, { 'Neon-Connection-String': url })

    expect(reply).toMatchObject({ status: 500, body: { code: '08P01', severity: 'FATAL' } })
  })

  test('stop working a second after the password is changed', async ({ send, database }) => {
    const user = `changing ${database.name}`
    await createRole(database.pool, user, 'old')
    const parts = { username: user, password: 'old' }
    const headers = { 'Neon-Connection-String': withParts(database.url, parts) }
    const slow = { query: 'select pg_sleep(0.1)' }
    const before = await Promise.all([send(slow, headers), send(slow, headers)])

    await database.pool.query(`alter role "${user}" password 'new'`)
    await sleep(1_100)

    expect(before).toMatchObject([{ status: 200 }, { status: 200 }])
    expect(await send(query, headers)).toMatchObject({ status: 400 })
    expect(await send(query, headers)).toMatchObject({ status: 400 })
  })

  test('keep their session for as long as a login may be old', async ({
    postgresUrl,
    database,
  }) => {
    const endpoint = await startEndpoint({ postgresUrl, loginEveryMs: 60_000 })
    onTestFinished(() => endpoint.close())
    const send = sender(endpoint.url, database.url)
    const session = { query: 'select pg_backend_pid()' }
    const { body } = await send(session)

    await sleep(1_100)

    expect(Object(await send(session)).body.rows).toEqual(Object(body).rows)
  })
})
