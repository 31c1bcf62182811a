import { describe, expect, test } from 'vitest'
import { ConfigError, readConfig } from '../../src/config.ts'

const DATABASE_URL = 'postgresql://user:pass%20word@db.example.com:5432/users?sslmode=require'

const refusal = (env: unknown) => {
  try {
    readConfig(env)
    return 'none'
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return String(error)
  }
}

describe('readConfig', () => {
  test('takes a connection string and an endpoint of this machine', () => {
    for (const NEON_ENDPOINT of [
      undefined,
      'http://localhost:4444/sql',
      'http://127.0.0.1:4444/sql',
      'http://[::1]:4444/sql',
    ]) {
      expect(readConfig({ DATABASE_URL, NEON_ENDPOINT, OTHER: 1 })).toEqual({
        DATABASE_URL,
        ...(NEON_ENDPOINT && { NEON_ENDPOINT }),
      })
    }
  })

  test.for([
    '',
    'canary',
    'mysql://canary:canary@localhost/users',
    'postgresql://canary.example/users',
    'postgresql://canary:canary@localhost',
    'postgresql://canary:canary@localhost/',
    'postgresql://canary:canary@localhost:99999/users',
    'postgresql://canary:canary@/users',
    'xpostgresql://canary:canary@localhost/users',
  ])('refuses %j as DATABASE_URL, and does not repeat it', (url) => {
    expect(refusal({ DATABASE_URL: url })).toContain('DATABASE_URL is not a PostgreSQL connection')
    expect(refusal({ DATABASE_URL: url })).not.toContain('canary')
  })

  test.for(['http://canary.example/sql', 'https://localhost/sql', 'localhost:4444', ''])(
    'refuses %j as NEON_ENDPOINT, and does not repeat it',
    (endpoint) => {
      const message = refusal({ DATABASE_URL, NEON_ENDPOINT: endpoint })

      expect(message).toContain('NEON_ENDPOINT must be an http address of this machine')
      expect(message).not.toContain('canary')
    },
  )

  test('names every fault at once', () => {
    expect(refusal({ NEON_ENDPOINT: '' })).toMatch(/DATABASE_URL is not set.*NEON_ENDPOINT must/s)
  })
})
