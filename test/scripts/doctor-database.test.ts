// Takes over ten seconds: databases and endpoints that never answer, up to the deadline.

import { randomUUID } from 'node:crypto'
import { rmdir } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { test as base, describe, expect, inject, onTestFinished, vi } from 'vitest'
import { checkDatabase, describe as describeDatabase } from '../../scripts/doctor/database.ts'
import { checkEndpoint, checkWay } from '../../scripts/doctor/endpoint.ts'
import { away, findings, found, listen, runningFolder, test } from '../support/doctor.ts'
import { createEmptyDatabase } from '../support/empty-database.ts'
import { asWorker } from '../support/worker-role.ts'

const change = (url: string, parts: Partial<URL>) => Object.assign(new URL(url), parts).href

describe('the database', () => {
  base.for([
    ['does not answer', { port: '1' }, /^No PostgreSQL answers at 127\.0\.0\.1:1\./],
    ['refuses the password', { password: 'canary' }, /does not let in neondb_owner/],
    ['is not there', { pathname: '/nowhere' }, /has no database nowhere/],
    ['has an unknown host', { hostname: 'db.invalid' }, /host db\.invalid .*is not known/],
    ['speaks no TLS', { search: '?sslmode=require' }, /does not speak TLS/],
  ] as const)('%s, and nothing else is said of it', async ([, parts, message]) => {
    const told = await checkDatabase({ url: change(inject('emptyUrl'), parts) })

    expect(told).toEqual([found('database', 'fault', message)])
    expect(JSON.stringify(told)).not.toContain('canary')
  })

  test('refuses the password, and nothing is said of the way there', async ({ project }) => {
    const DATABASE_URL = change(inject('emptyUrl'), { password: 'canary' })

    const told = await findings(project, { DATABASE_URL, NEON_ENDPOINT: inject('endpointUrl') })

    expect(told).toContainEqual(found('database', 'fault', /does not let in neondb_owner/))
    expect(told.map(({ check }) => check)).not.toContain('migrations')
    expect(told.map(({ check }) => check)).not.toContain('endpoint')
  })

  test('never answers', { tags: ['slow'] }, async ({ project, onTestFinished }) => {
    const address = `127.0.0.1:${await listen(createTcpServer(), onTestFinished)}`

    const told = await findings(project, {
      DATABASE_URL: `postgresql://user:canary@${address}/db`,
      NEON_ENDPOINT: `http://${address}/sql`,
    })

    expect(told).toContainEqual(found('database', 'fault', /\(no answer in time\)/))
    expect(told).toContainEqual(found('endpoint', 'fault', /^Nothing answers at NEON_ENDPOINT/))
  })

  base('never answers, and is not waited for long', async ({ onTestFinished }) => {
    const port = await listen(createTcpServer(), onTestFinished)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())

    const told = checkDatabase({
      url: `postgresql://worker@127.0.0.1:${port}/db`,
      directUrl: `postgresql://owner@127.0.0.1:${port}/db`,
    })
    await vi.advanceTimersByTimeAsync(14_000)

    expect(await told).toEqual([
      found('database', 'fault', /\(no answer in time\)/),
      found('database', 'fault', /\(no answer in time\)/),
    ])
  })

  base('is empty', async ({ onTestFinished }) => {
    const empty = await createEmptyDatabase(inject('postgresUrl'))
    onTestFinished(() => empty.drop())

    const told = await checkDatabase({ url: empty.url })

    expect(told).toContainEqual(
      found('migrations', 'fault', /^The database lacks 0000_create_users, .*npm run db:migrate/),
    )
    expect(told.map(({ check }) => check)).not.toContain('role')
    expect(await empty.query(`select from pg_namespace where nspname = 'drizzle'`)).toEqual([])
  })

  test('tells another history', async ({ database }) => {
    const table = 'drizzle.__drizzle_migrations'
    await database.query(`insert into ${table} (hash, created_at) values ('', 4000000000000)`)
    onTestFinished(() => database.query(`delete from ${table} where hash = ''`).then(() => {}))

    const told = await checkDatabase({ url: database.url })

    expect(told).toContainEqual(found('migrations', 'fault', /is ahead of this checkout/))
  })

  test('lets the Worker do too much', async ({ database }) => {
    const told = await checkDatabase({ url: database.url })

    expect(told).toContainEqual(found('role', 'warning', /may change tables/))
  })

  test('lets the Worker do too little', async ({ database }) => {
    const name = `role_${randomUUID().replaceAll('-', '')}`
    await database.query(`create role ${name} login password 'canary'`)
    onTestFinished(() => database.query(`drop role ${name}`).then(() => {}))
    const worker = change(database.url, { username: name, password: 'canary' })
    const both = { url: worker, directUrl: database.url }

    const [without, alone] = [await checkDatabase(both), await checkDatabase({ url: worker })]
    await database.query(`grant edge_users_worker to ${name}`)
    await database.query(`revoke delete on users from edge_users_worker`)
    onTestFinished(() =>
      database.query(`grant delete on users to edge_users_worker`).then(() => {}),
    )
    const partly = await checkDatabase(both)

    expect(without).toContainEqual(found('role', 'fault', /work: it lacks .*npm run db:role/))
    expect(alone).toContainEqual(found('role', 'fault', /work: it lacks .*npm run db:role/))
    expect(partly).toContainEqual(found('role', 'fault', /it lacks delete on public\.users\./))
  })

  test('was left by an npm run dev that was killed', async ({ project }) => {
    await project.write('.data/dev.env', `DATABASE_URL="${away}"\n`)
    await rmdir(join(project.directory, runningFolder))

    expect(await findings(project)).toContainEqual(
      found('database', 'warning', /^\.data\/dev\.env was left by/),
    )
  })

  base.for([
    ['14.11 (Debian 14.11-1)', 'db.example.com', 20, 'fault', /^PostgreSQL 14\.11 .*too old/],
    ['15.0', 'db.example.com', 1_500, 'ok', /answers in 1500 ms/],
    ['17.2', 'ep-a-1.eu-central-1.aws.neon.tech', 1_460, 'ok', /was asleep, and woke in 1\.5 s/],
    ['17.2', 'ep-a-1.eu-central-1.aws.neon.tech', 60, 'ok', /answers in 60 ms/],
  ] as const)('of version %s at %s after %d ms', ([version, host, ms, level, message]) => {
    expect(describeDatabase({ url: `postgresql://u@${host}/d`, version, ms })).toEqual(
      found('database', level, message),
    )
  })
})

describe('the endpoint', () => {
  base('is another program', async () => {
    const port = await listen(createServer((_, response) => response.end('hello')))

    const told = await checkEndpoint(`http://127.0.0.1:${port}/sql`)

    expect(told).toEqual([found('endpoint', 'fault', /is no Neon endpoint/)])
  })

  test('is not there', async ({ project }) => {
    const told = await findings(project, {
      NEON_ENDPOINT: 'http://canary:canary@127.0.0.1:1/sql',
      DATABASE_URL: away,
    })

    expect(told).toContainEqual(found('endpoint', 'fault', /\(http:\/\/127\.0\.0\.1:1\/sql\)/))
  })

  test('leads elsewhere', async ({ database }) => {
    const port = await listen(
      createServer(({ method }, response) => {
        response.setHeader('Neon-Request-Id', '00000000-0000-4000-8000-000000000000')
        response.writeHead(method === 'OPTIONS' ? 200 : 400).end('{"message":"no","code":"28P01"}')
      }),
    )
    const endpoint = `http://127.0.0.1:${port}/sql`

    const told = [
      ...(await checkEndpoint(endpoint)),
      ...(await checkWay(asWorker(database.url), endpoint)),
    ]

    expect(told).toEqual([found('endpoint', 'fault', /leads to another server/)])
  })
})
