import { describe, expect } from 'vitest'
import { writeResult } from '../src/endpoint/result-text.ts'
import { startEndpoint } from '../src/endpoint.ts'
import { problem, raw, sender, test } from './support/neon-endpoint.ts'

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

  test('is given whole when only its last row goes over it, as hosted', async ({ database }) => {
    const endpoint = await startEndpoint({ postgresUrl: database.url, maxResponseBytes: 10_000 })
    const send = sender(endpoint.url, database.url)
    const rows = (count: number) => ({
      query: `select repeat('x', 20000) as text from generate_series(1, ${count})`,
    })

    expect(await send(rows(1))).toMatchObject({ body: { rows: [{ text: 'x'.repeat(20_000) }] } })
    expect(await send(rows(2))).toMatchObject(tooLarge)
    expect(await send({ queries: [rows(1), { query: 'select 1' }] })).toMatchObject(tooLarge)
    expect(await send({ queries: [rows(1), { query: 'set a.b = 1' }] })).toMatchObject({
      status: 200,
    })
    await endpoint.close()
  })

  test('is refused before a value is held that no string can hold', { tags: ['slow'] }, async ({
    send,
  }) => {
    const reply = await send({ query: `select repeat('x', 270000000)` }, raw)

    expect(reply).toMatchObject({
      status: 507,
      body: problem('response is too large (max is 67108864 bytes)'),
    })
  })

  test('is refused for a value whose JSON no string can hold', () => {
    const result = writeResult({ raw: true, arrayMode: true }, { maxBytes: 9, bytes: 0 }, new Map())

    expect(() => result.row(['\u0001'.repeat(90_000_000)])).toThrow('response is too large')
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
