import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, onTestFinished, vi } from 'vitest'
import { startEndpoint } from '../src/endpoint.ts'
import { NeonLocalError } from '../src/errors.ts'
import { sender, test } from './support/neon-endpoint.ts'

describe('startEndpoint', () => {
  test('takes the port it is given', async ({ database }) => {
    const first = await startEndpoint({ postgresUrl: database.url })
    await first.close()

    const second = await startEndpoint({ postgresUrl: database.url, port: first.port })

    expect(second.port).toBe(first.port)
    await second.close()
  })

  test.for(['127.0.0.1', '::1'])('names a port that is taken on %s', async (host, { database }) => {
    const server = createServer().listen(0, host)
    await once(server, 'listening')
    const address = server.address()
    const port = address && typeof address === 'object' ? address.port : 0

    const starting = startEndpoint({ postgresUrl: database.url, port })

    await expect(starting).rejects.toThrow(NeonLocalError)
    await expect(starting).rejects.toThrow(
      `Port ${port} of ${host} is taken: stop what uses it, or choose another.`,
    )
    server.close()
  })

  test('says that a URL cannot be read, without the URL', async () => {
    const starting = startEndpoint({ postgresUrl: 'postgresql://u:canary@host:port/' })

    await expect(starting).rejects.toThrow(NeonLocalError)
    await expect(starting).rejects.not.toThrow('canary')
  })

  test('takes nothing from the variables of a shell', async ({ database }) => {
    onTestFinished(() => void vi.unstubAllEnvs())
    vi.stubEnv('PGSSLMODE', 'require')
    vi.stubEnv('PGOPTIONS', '-c work_mem=1MB')
    const endpoint = await startEndpoint({ postgresUrl: database.url })
    const reply = await sender(endpoint.url, database.url)({ query: 'show work_mem' })
    await endpoint.close()

    expect(reply).toMatchObject({ status: 200, body: { rows: [{ work_mem: '4MB' }] } })
  })

  test('tells of every statement, and of no value', async ({ database }) => {
    const onStatement = vi.fn()
    const endpoint = await startEndpoint({ postgresUrl: database.url, onStatement })
    const send = sender(endpoint.url, database.url)

    await send({ query: 'select $1', params: ['canary'] })
    await send({ queries: [{ query: 'select 1' }, { query: 'garbage' }, { query: 'select 2' }] })

    const statements = onStatement.mock.calls.map(([sql]) => sql)
    expect(statements).toEqual(['select $1', 'select 1', 'garbage'])
    expect(onStatement).toHaveBeenCalledWith('select 1', expect.any(Number))
    await endpoint.close()
  })

  test('writes nothing of its own', async ({ database }) => {
    const written = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')]
    const endpoint = await startEndpoint({ postgresUrl: database.url })
    const send = sender(endpoint.url, database.url)

    await send({ query: 'garbage', params: ['canary'] })
    await send({ query: 'select 1' }, { 'Neon-Connection-String': 'postgres://u:p@h/d' })
    await endpoint.close()

    for (const spy of written) {
      expect(spy).not.toHaveBeenCalled()
      spy.mockRestore()
    }
  })
})

describe('close', () => {
  test('ends every session, and cancels what runs', async ({ database }) => {
    const endpoint = await startEndpoint({ postgresUrl: database.url })
    const send = sender(endpoint.url, database.url)
    await Promise.all(Array.from({ length: 5 }, () => send({ query: 'select pg_sleep(0.05)' })))
    const running = send({ query: 'select pg_sleep(60)' }).catch((error) => error)
    await vi.waitFor(async () => {
      expect(await sessions(`state = 'active'`)).toBe(1)
    }, 10_000)
    const start = performance.now()

    await endpoint.close()

    expect(performance.now() - start).toBeLessThan(1_000)
    expect(await running).toBeInstanceOf(TypeError)
    await vi.waitFor(async () => {
      expect(await sessions('true')).toBe(0)
    }, 10_000)

    async function sessions(condition: string): Promise<number> {
      const { rows } = await database.pool.query(
        `select count(*)::int as n from pg_stat_activity
         where datname = $1 and pid <> pg_backend_pid() and ${condition}`,
        [database.name],
      )
      return rows[0].n
    }
  })
})
