// Takes over ten seconds: a session that rests tells no sooner which indexes it has asked.

import { describe, expect } from 'vitest'
import { ids } from '../../support/pages.ts'
import { test } from '../../support/test.ts'

/** @module-tag slow */
// In a file of its own: sessions tell now and then which indexes they have asked, and those of other
// tests would be among them.
describe('GET /users?q=', () => {
  test('asks the indexes of the search, wherever the matches stand', async ({
    service,
    database,
  }) => {
    await database.query(
      `insert into users (name, email)
       select case when n > 18000 then 'Zq ' else 'Person ' end || md5(n::text), n || '@example.com'
       from generate_series(1, 20000) n`,
    )
    // Its pending list is a cost of the index, until it is merged.
    await database.query('vacuum analyze users')

    for (const query of ['q=zq', 'q=zq&sort=-name', 'q=zq&sort=email', 'q=d9798cdf31']) {
      expect(ids(await service.request('GET', `/users?${query}`)), query).not.toEqual([])
    }

    const asked = async () => {
      const rows = await database.query<{ name: string }>(
        `select indexrelname as name from pg_stat_user_indexes
         where relname = 'users' and idx_scan > 0 order by 1`,
      )
      return rows.map(({ name }) => name)
    }
    // A session that rests tells after ten seconds.
    await expect
      .poll(asked, { timeout: 30_000 })
      .toEqual(['users_email_key', 'users_name_start_idx', 'users_search_idx'])
  })
})
