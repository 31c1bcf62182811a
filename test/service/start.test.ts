import { describe, expect, inject, test } from 'vitest'
import { startService } from '../support/service.ts'

const start = (secrets: Record<string, string>) => startService(inject('workerDir'), secrets)

describe('the Worker', () => {
  test('does not start without DATABASE_URL, and says what to do', async () => {
    await expect(start({})).rejects.toThrow(
      /DATABASE_URL is not set\. `npm run dev` sets it .* `wrangler secret put DATABASE_URL`/s,
    )
  })

  test('does not start with a malformed DATABASE_URL, and does not repeat it', async () => {
    const error = await start({ DATABASE_URL: 'mysql://canary:canary@localhost/users' }).catch(
      (thrown: unknown) => thrown,
    )

    expect(String(error)).toContain('DATABASE_URL is not a PostgreSQL connection string.')
    expect(String(error)).not.toContain('canary')
  })
})
