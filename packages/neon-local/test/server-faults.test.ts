import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { test as base, describe, expect, onTestFinished, vi } from 'vitest'
import { startEndpoint } from '../src/endpoint.ts'
import { findFreePort } from '../src/postgres/loopback-port.ts'
import { type Postgres, startPostgres } from '../src/postgres.ts'
import { copyFreshDataFolder } from './support/fresh-data-folder.ts'
import { problem, sender } from './support/neon-endpoint.ts'
import { createFolder } from './support/postgres-runs.ts'
import { forwardTo } from './support/tcp-forwarder.ts'

/** A PostgreSQL that may be broken, and an endpoint in front of it. */
const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the needs of a fixture from a pattern.
  .extend('postgres', { scope: 'file' }, async ({}, { onCleanup }) => {
    const folder = createFolder()
    const dataDir = join(folder, 'data')
    await copyFreshDataFolder(dataDir)
    const postgres = await startPostgres({ dataDir })
    onCleanup(async () => {
      await postgres.close()
      rmSync(folder, { recursive: true })
    })
    return postgres
  })
  .extend('forwarder', async ({ postgres }, { onCleanup }) => {
    const forwarder = await forwardTo(postgres.port)
    onCleanup(() => forwarder.close())
    return forwarder
  })
  .extend('endpoint', async ({ forwarder }, { onCleanup }) => {
    const endpoint = await startEndpoint({
      postgresUrl: `postgresql://127.0.0.1:${forwarder.port}`,
    })
    onCleanup(() => endpoint.close())
    return endpoint
  })
  .extend('send', ({ endpoint, postgres }) => sender(endpoint.url, postgres.url))

const query = { query: 'select 1' }
const unreachable = { status: 500, body: problem("Couldn't connect to compute node") }

const leaveMuch = `do $$ begin
  for n in 1..500 loop execute format('create temp table t%s (n int)', n); end loop;
end $$`

/** Stops every process of the server in its tracks, until the test is over. */
function freeze({ pid }: Postgres): void {
  const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
  const family = [pid, ...children.trim().split(/\s+/).map(Number)]
  const signal = (name: NodeJS.Signals) => {
    for (const each of family) {
      try {
        process.kill(each, name)
      } catch {
        // A backend may have ended by itself.
      }
    }
  }
  signal('SIGSTOP')
  onTestFinished(() => signal('SIGCONT'))
}

async function pastEndpoint(postgres: Postgres, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: postgres.url })
  await client.connect()
  const { rows } = await client.query(sql).finally(() => client.end())
  return rows
}

async function secondsOf(work: Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work
  return (performance.now() - start) / 1_000
}

describe('a server that is not there', () => {
  test('is a 500, at once', async ({ postgres }) => {
    const port = await findFreePort()
    const endpoint = await startEndpoint({ postgresUrl: `postgresql://127.0.0.1:${port}` })
    const send = sender(endpoint.url, postgres.url)
    const sent = send(query)

    expect(await secondsOf(sent)).toBeLessThan(1)
    expect(await sent).toMatchObject(unreachable)
    await endpoint.close()
  })
})

describe('a server that hangs', () => {
  test('is a 500 after two seconds', async ({ postgres, forwarder, send }) => {
    // What it leaves takes a while to clean, so the freeze finds its session at it.
    await send({ query: leaveMuch })
    freeze(postgres)
    const sent = Promise.all([send(query), send(query)])

    const seconds = await secondsOf(sent)

    expect(seconds).toBeGreaterThan(1.9)
    // Far below the sum of many such waits; a busy machine is late.
    expect(seconds).toBeLessThan(20)
    expect(await sent).toMatchObject([unreachable, unreachable])
    await vi.waitFor(() => expect(forwarder.openConnections()).toBe(0), 10_000)
  })

  test('does not hold what a client has given up on', async ({ postgres, forwarder, send }) => {
    await send(query)
    // Until the session is clean again: only then does the next request run in it.
    const clean = `select from pg_stat_activity
      where state = 'idle' and query like 'CLOSE ALL;%'`
    await vi.waitFor(async () => {
      expect(await pastEndpoint(postgres, clean)).toHaveLength(1)
    }, 10_000)
    await sleep(50)
    expect(forwarder.openConnections()).toBe(1)
    freeze(postgres)

    await expect(send(query, {}, AbortSignal.timeout(200))).rejects.toThrow('aborted')

    await vi.waitFor(() => expect(forwarder.openConnections()).toBe(0), 10_000)
  })

  test('does not keep the endpoint from closing', async ({
    postgres,
    forwarder,
    endpoint,
    send,
  }) => {
    await Promise.all([send(query), send(query)])
    freeze(postgres)
    const asked = Promise.allSettled([send(query), send(query), send(query), send(query)])
    await sleep(100)

    expect(await secondsOf(endpoint.close())).toBeLessThan(1)
    expect((await asked).every(({ status }) => status === 'rejected')).toBe(true)
    await vi.waitFor(() => expect(forwarder.openConnections()).toBe(0), 10_000)
  })
})

describe('a server that hangs while nothing runs', () => {
  test('does not keep the endpoint from closing', async ({ postgres }) => {
    const endpoint = await startEndpoint({ postgresUrl: postgres.url })
    const send = sender(endpoint.url, postgres.url)
    await Promise.all([send(query), send(query)])
    await sleep(50)
    freeze(postgres)

    expect(await secondsOf(endpoint.close())).toBeLessThan(1)
  })
})

describe('a server that refuses', () => {
  test('is a 500 with what it says', async ({ postgres, send }) => {
    await pastEndpoint(postgres, `create role full login password 'x' connection limit 0`)
    const url = Object.assign(new URL(postgres.url), { username: 'full', password: 'x' }).href

    expect(await send(query, { 'Neon-Connection-String': url })).toMatchObject({
      status: 500,
      body: { code: '53300', severity: 'FATAL', message: 'too many connections for role "full"' },
    })
  })

  test('ends a session, and the next request has another', async ({ postgres, send }) => {
    const sent = send({ query: 'select pg_sleep(60)' })
    const terminate = `select pg_terminate_backend(pid) as done from pg_stat_activity
      where pid <> pg_backend_pid() and state = `
    await vi.waitFor(async () => {
      expect(
        await pastEndpoint(postgres, `${terminate} 'active' and query like '%pg_sleep(60)'`),
      ).toEqual([{ done: true }])
    }, 10_000)

    expect(await sent).toMatchObject({ status: 400, body: { code: '57P01', severity: 'FATAL' } })
    expect(await send(query)).toMatchObject({ status: 200 })

    // Ending an idle session goes by in its own time: only when none is left has it gone by.
    await vi.waitFor(async () => {
      expect(await pastEndpoint(postgres, `${terminate} 'idle'`)).toEqual([])
    }, 10_000)
    expect(await send(query)).toMatchObject({ status: 200 })
  })
})

describe('a server that crashes', () => {
  test('closes the connection in the middle of a statement', async ({ postgres, send }) => {
    const sent = send({ query: 'select pg_sleep(60), pg_backend_pid()' })
    const active = `select pid from pg_stat_activity where query like 'select pg_sleep(60)%'`
    const [row] = await vi.waitFor(async () => {
      const rows = await pastEndpoint(postgres, active)
      expect(rows).toHaveLength(1)
      return rows
    }, 10_000)

    process.kill(row && typeof row === 'object' && 'pid' in row ? Number(row.pid) : 0, 'SIGKILL')

    expect(await sent).toMatchObject({ status: 400, body: problem('connection closed') })
    await vi.waitFor(async () => expect(await send(query)).toMatchObject({ status: 200 }), 10_000)
  })
})
