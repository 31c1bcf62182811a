import { neon, neonConfig } from '@neondatabase/serverless'
import { createFaults, startEndpoint } from 'neon-local'
import { afterAll, beforeEach, expect, inject, test } from 'vitest'
import { placeOrder } from '../src/orders.ts'

// An endpoint of this file's own, in front of the same database, so that no other test is spoilt.
const faults = createFaults()
const endpoint = await startEndpoint({ postgresUrl: inject('databaseUrl'), faults })
afterAll(() => endpoint.close())

neonConfig.fetchEndpoint = endpoint.url
const sql = neon(inject('databaseUrl'))

beforeEach(async () => {
  faults.clear()
  await sql`drop table if exists orders`
  await sql`create table orders (key text primary key, item text not null)`
})

test('places an order once when the answer to it is lost', async () => {
  faults.next('reset-after')

  await placeOrder(sql, 'a-1', 'tea')

  expect(await sql`select * from orders`).toEqual([{ key: 'a-1', item: 'tea' }])
})

test('places an order when the connection breaks before it arrives', async () => {
  faults.next('reset-before', 'compute-unreachable')

  await placeOrder(sql, 'a-2', 'milk')

  expect(await sql`select * from orders`).toEqual([{ key: 'a-2', item: 'milk' }])
})

test('gives up when the database stays away', async () => {
  faults.always('unavailable')

  await expect(placeOrder(sql, 'a-3', 'jam')).rejects.toThrow('503')
})
