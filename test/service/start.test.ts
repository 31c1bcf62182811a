import { describe, expect, inject, test } from 'vitest'
import { startService } from '../support/service.ts'

const start = (secrets: Record<string, string>) => startService(inject('workerDir'), secrets)

describe('the Worker', () => {
  test('does not start without DATABASE_URL, and says what to do', async () => {
    await expect(start({})).rejects.toThrow(
      /DATABASE_URL is not set\. `npm run dev` sets it .* `wrangler secret put DATABASE_URL`/s,
    )
  })

  test.for([
    ['no connection string', 'canary'],
    ['another scheme', 'mysql://canary:canary@localhost/users'],
    ['no user', 'postgresql://canary.example/users'],
    ['no database', 'postgresql://canary:canary@localhost'],
    ['an impossible port', 'postgresql://canary:canary@localhost:99999/users'],
    ['nothing', ''],
  ] as const)('does not start with %s in DATABASE_URL', async ([, url]) => {
    const error = await start({ DATABASE_URL: url }).catch((thrown: unknown) => thrown)

    expect(String(error)).toContain('DATABASE_URL is not a PostgreSQL connection string.')
    expect(String(error)).not.toContain('canary')
  })

  test('does not start with a NEON_ENDPOINT that is not on this machine', async () => {
    const secrets = {
      DATABASE_URL: 'postgresql://user:password@localhost/users',
      NEON_ENDPOINT: 'http://canary.example/sql',
    }

    const error = await start(secrets).catch((thrown: unknown) => thrown)

    expect(String(error)).toContain('NEON_ENDPOINT must be an http address of this machine')
    expect(String(error)).not.toContain('canary')
  })
})
