import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import { describe, expect, onTestFinished } from 'vitest'
import { problem, test } from '../support/neon-endpoint.ts'

const query = { query: 'select current_user as user, current_database() as database' }

/** The connection string with parts of it replaced. */
const withParts = (url: string, parts: Partial<URL>) => Object.assign(new URL(url), parts).href

/** Roles belong to the whole server: this one goes with the test. */
async function createRole(pool: Pool, name: string, password: string): Promise<void> {
  await pool.query(`create role "${name}" login password '${password}'`)
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
    ['postgres://u:p%00@host/db', 'invalid connection string: it contains a NUL character'],
    ['no URL', 'invalid connection string: relative URL without a base'],
    ['postgres://u:p@host:99999/db', 'invalid connection string: invalid authority'],
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
    for (const hostname of ['LOCALHOST', 'ep-x-1-pooler.us-east-2.aws.neon.tech', '[::1]']) {
      const url = withParts(database.url, { hostname })

      expect(await send(query, { 'Neon-Connection-String': url })).toMatchObject({ status: 200 })
    }
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
})
