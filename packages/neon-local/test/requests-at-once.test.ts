import { describe, expect } from 'vitest'
import { type Send, test } from './support/neon-endpoint.ts'

const batch = (...queries: string[]) => ({ queries: queries.map((query) => ({ query })) })

async function firstValue(send: Send, query: string): Promise<unknown> {
  const { body } = await send({ query }, { 'Neon-Array-Mode': 'true' })
  return body !== null && typeof body === 'object' && 'rows' in body && Array.isArray(body.rows)
    ? body.rows[0]?.[0]
    : body
}

describe('requests at once', () => {
  test('never see into the transaction of another', async ({ send }) => {
    await send({ query: 'create table ledger (n int)' })
    const writes = Array.from({ length: 30 }, (_, n) =>
      send(batch(`insert into ledger values (${n})`, 'select pg_sleep(0.01)', 'garbage')),
    )
    const reads = Array.from({ length: 60 }, () =>
      firstValue(send, 'select count(*)::int from ledger'),
    )

    await Promise.all(writes)

    expect(new Set(await Promise.all(reads))).toEqual(new Set([0]))
  })

  test('wait for a free session, and all get their own answer', async ({ send }) => {
    const numbers = Array.from({ length: 100 }, (_, n) => n)

    const answers = numbers.map((n) => firstValue(send, `select ${n} from pg_sleep(0.02)`))

    expect(await Promise.all(answers)).toEqual(numbers)
  })

  test('do without the sessions that others lose', async ({ send }) => {
    const replies = await Promise.all(Array.from({ length: 60 }, () => send({ query: 'garbage' })))

    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([400]))
  })

  test('use at most twenty sessions', async ({ send, database }) => {
    const count = `select count(*)::int as n from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()`

    await Promise.all(Array.from({ length: 60 }, () => send({ query: 'select pg_sleep(0.05)' })))

    const { rows } = await database.pool.query(count, [database.name])
    expect(rows[0].n).toBeGreaterThan(1)
    expect(rows[0].n).toBeLessThanOrEqual(20)
  })
})
