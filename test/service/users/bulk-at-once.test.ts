// Takes over ten seconds: imports and exports of thousands of users, many at once.

import { connect } from 'node:net'
import pg from 'pg'
import { describe, expect } from 'vitest'
import { createClient } from '../../../src/client.ts'
import type { TestDatabase } from '../../support/database.ts'
import { insertPeople } from '../../support/insert-people.ts'
import { people } from '../../support/people.ts'
import type { Service } from '../../support/service.ts'
import { test } from '../../support/test.ts'

const mediaType = 'application/x-ndjson'
const ndjson = { 'Content-Type': mediaType }

const busy = { status: 503, body: { type: '/problems/busy' } }

const lines = (values: readonly unknown[]) =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('')

const personOf = (index: number) => ({ name: 'Ada', email: `ada.${index}@example.com` })

const importOne = (service: Service, index: number) =>
  service.request('POST', '/users/import', lines([personOf(index)]), ndjson)

/** Lets nobody write until it is released. */
async function lockUsers({ url }: TestDatabase) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('begin; lock table users in share row exclusive mode')
  return () => client.end()
}

const times = <Value>(count: number, make: (index: number) => Promise<Value>) =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)))

/** Far more than the streams on the way hold. */
const insertMany = (database: TestDatabase) =>
  database.query(
    `insert into users (name, email)
     select repeat('Person ', 27) || n, n || '@example.com' from generate_series(1, 15000) n`,
  )

/** Asks for a user until it is told to stop, and gives every status. */
function readBeside(service: Service) {
  const statuses = new Set<number>()
  let isOver = false
  const reading = (async () => {
    while (!isOver) {
      statuses.add((await service.request('GET', '/users/1')).status)
    }
  })()
  return async () => {
    isOver = true
    await reading
    return [...statuses].toSorted()
  }
}

describe('more imports than the service takes at once', () => {
  test('are refused at once, and not carried out', async ({ service, database }) => {
    const release = await lockUsers(database)
    const imports = Array.from({ length: 6 }, (_, index) => importOne(service, index))
    const ended = imports.map(async (answer) => {
      const { status, headers } = await answer
      return [status, headers.get('Retry-After')]
    })
    const refused = await Promise.all([
      importOne(service, 6).then(({ status }) => status),
      service.request('GET', '/users/1').then(({ status }) => status),
      service.request('GET', '/users/export').then(({ status }) => status),
    ])
    await release()
    const answers = await Promise.all(ended)

    expect(refused).toEqual([503, 404, 200])
    expect(answers.toSorted()).toEqual([
      ...Array(2).fill([200, null]),
      ...Array(4).fill([503, '1']),
    ])
    expect(await database.query('select count(*)::int from users')).toEqual([{ count: 2 }])
  })

  test('are refused before their bodies are read, which the client can send to the end', async ({
    service,
    database,
  }) => {
    const release = await lockUsers(database)
    const held = [importOne(service, 1), importOne(service, 2)]
    await expect.poll(() => database.query(waiting)).toHaveLength(2)

    const large = await service.request(
      'POST',
      '/users/import',
      ' '.repeat(4 * 1024 * 1024),
      ndjson,
    )

    await release()
    expect(large).toMatchObject(busy)
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200])
  })

  test('are none that drip: those keep no place from others', async ({ service }) => {
    const drips = Array.from({ length: 20 }, () => {
      const socket = connect(Number(service.url.port), service.url.hostname)
      socket.write(
        'POST /users/import HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n' +
          'Content-Length: 4000000\r\n\r\n{"name"',
      )
      return socket
    })

    const answers = [await importOne(service, 1), await importOne(service, 2)]

    for (const socket of drips) {
      socket.destroy()
    }
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
  })
})

/** Who waits for the lock. */
const waiting = 'select from pg_locks where not granted'

describe('a place is free again', () => {
  test('after an import, however it ends', async ({ service }) => {
    for (let round = 0; round < 4; round += 1) {
      const answers = [
        await service.request('POST', '/users/import?onConflict=never', '', ndjson),
        await service.request('POST', '/users/import', '"', { 'Content-Type': 'text/csv' }),
        await service.request('POST', '/users/import', '[]', { 'Content-Type': 'text/html' }),
        await importOne(service, round),
      ]
      expect(answers.map(({ status }) => status)).toEqual([422, 400, 415, 200])
    }
  })

  test('after an export, however it ends', { tags: ['slow'] }, async ({ service, database }) => {
    await insertMany(database)
    const open = () => fetch(new URL('/users/export', service.url))

    const aborted = new AbortController()
    const cancelled = await open()
    const answers = [
      await service.request('HEAD', '/users/export'),
      await service.request('GET', '/users/export?sort=name'),
      await service.request('GET', '/users/export', undefined, { Accept: 'image/png' }),
      await fetch(new URL('/users/export', service.url), { signal: aborted.signal }),
      cancelled,
    ]
    aborted.abort()
    await cancelled.body?.cancel()
    expect(answers.map(({ status }) => status)).toEqual([200, 422, 406, 200, 200])
    const whole = await (await open()).text()
    // All the places that there are: one that was kept by any of those would be missing.
    const opened = await times(4, open)
    await times(4, async (index) => opened[index]?.body?.cancel())

    expect(whole.split('\n')).toHaveLength(15_001)
    expect(opened.map(({ status }) => status)).toEqual(Array(4).fill(200))
  })

  test('but not while its client still reads', { tags: ['slow'] }, async ({
    service,
    database,
  }) => {
    await insertMany(database)
    const open = () => fetch(new URL('/users/export', service.url))
    const opened = await times(4, open)

    const beyond = await service.request('GET', '/users/export')
    await times(4, async (index) => opened[index]?.body?.cancel())

    expect(opened.map(({ status }) => status)).toEqual(Array(4).fill(200))
    expect(beyond).toMatchObject(busy)
    expect(beyond.headers.get('Retry-After')).toBe('1')
    await expect.poll(async () => (await open()).status).toBe(200)
  })
})

describe('64 clients at once', () => {
  const clientOf = (service: Service) => createClient(service.url.href, { timeoutMs: 80_000 })

  test('import every file once, while others are served', { tags: ['slow'] }, async ({
    service,
    database,
  }) => {
    const logged = service.logs().length
    const stop = readBeside(service)
    const results = await times(64, (client) => {
      const body = lines(Array.from({ length: 50 }, (_, line) => personOf(client * 50 + line)))
      return clientOf(service).users.import(body, { mediaType })
    })
    const statuses = await stop()

    expect(results).toEqual(Array(64).fill({ created: 50, updated: 0, skipped: 0, refused: [] }))
    expect(await database.query('select count(*)::int from users')).toEqual([{ count: 3_200 }])
    expect(statuses.every((status) => status < 500)).toBe(true)
    expect(service.logs().slice(logged).join('\n')).not.toMatch(
      /outcome-unknown|database-unavailable/,
    )
  })

  test('import and export, and each export is whole', { tags: ['slow'] }, async ({
    service,
    database,
  }) => {
    await insertPeople(database, 2_500)

    const results = await times(64, async (client) => {
      const { users } = clientOf(service)
      return client % 2 === 0
        ? users.import(lines([personOf(client)]), { mediaType })
        : new Response(await users.export({ q: 'Person' })).text()
    })

    const exported = results.filter((result) => typeof result === 'string')
    expect(exported.map((text) => text.split('\n').length)).toEqual(Array(32).fill(2_501))
    expect(await database.query('select count(*)::int from users')).toEqual([{ count: 2_532 }])
  })

  test('(or 24) import the same emails in opposite order: no error, and each once', {
    tags: ['slow'],
  }, async ({ service, database }) => {
    const persons = people(200)

    for (const onConflict of ['skip', 'update'] as const) {
      await times(24, (index) => {
        const mine = persons.map(({ name, email }) => ({ name: `${name} ${index}`, email }))
        const body = lines(index % 2 === 0 ? mine : mine.toReversed())
        return clientOf(service).users.import(body, { mediaType, onConflict })
      })
    }

    expect(
      await database.query(
        'select count(*)::integer as users, count(distinct email)::integer as emails from users',
      ),
    ).toEqual([{ users: 200, emails: 200 }])
  })
})
