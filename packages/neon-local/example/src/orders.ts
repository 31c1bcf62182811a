import { NeonDbError, type NeonQueryFunction } from '@neondatabase/serverless'

type Sql = NeonQueryFunction<false, false>

/** Places an order once, however often it has to ask: the key tells one order from another. */
export async function placeOrder(sql: Sql, key: string, item: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await sql`insert into orders (key, item) values (${key}, ${item}) on conflict (key) do nothing`
      return
    } catch (error) {
      // Without an SQLSTATE, nobody knows whether it ran.
      const isUnknown = error instanceof NeonDbError && !error.code
      if (!isUnknown || attempt === 3) {
        throw error
      }
    }
  }
}
