import { describe, expect } from 'vitest'
import { startEndpoint } from '../../neon-local/endpoint.ts'
import { problem, raw, sender, test } from '../support/neon-endpoint.ts'

describe('an answer over the limit', () => {
  const many = { query: `select 'x' from generate_series(1, 10000) a, generate_series(1, 10000) b` }
  const tooLarge = { status: 507, body: problem('response is too large (max is 10000 bytes)') }

  test('is refused at once, and what it did is undone', async ({ database }) => {
    const endpoint = await startEndpoint({ postgresUrl: database.url, maxResponseBytes: 10_000 })
    const send = sender(endpoint.url, database.url)
    await send({ query: 'create table undone (n int)' })
    const start = performance.now()

    const single = await send(many)
    const batch = await send({ queries: [{ query: 'insert into undone values (1)' }, many] })
    const seconds = (performance.now() - start) / 1_000

    expect(single).toMatchObject(tooLarge)
    expect(batch).toMatchObject(tooLarge)
    expect(seconds).toBeLessThan(30)
    expect(await send({ query: 'select * from undone' })).toMatchObject({ body: { rows: [] } })
    await endpoint.close()
  })

  test('is refused before one huge value is held', { tags: ['slow'] }, async ({ database }) => {
    const endpoint = await startEndpoint({ postgresUrl: database.url, maxResponseBytes: 10_000 })
    const send = sender(endpoint.url, database.url)
    const huge = { query: `select repeat('x', 100000000)` }
    const before = process.memoryUsage.rss()

    const reply = await send(huge, raw)

    expect(reply).toMatchObject(tooLarge)
    expect(process.memoryUsage.rss() - before).toBeLessThan(50e6)
    await endpoint.close()
  })

  test('is counted in bytes, over the whole batch', async ({ database }) => {
    const endpoint = await startEndpoint({ postgresUrl: database.url, maxResponseBytes: 10_000 })
    const send = sender(endpoint.url, database.url)
    const wide = { query: `select repeat('é', 2400) as text` }

    expect(await send({ queries: [wide, wide] })).toMatchObject({ status: 200 })
    expect(await send({ queries: [wide, wide, wide] })).toMatchObject(tooLarge)
    await endpoint.close()
  })
})
