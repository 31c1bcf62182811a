import { describe, expect, test } from 'vitest'
import { ConfigError, readConfig } from '../../src/config.ts'

const DATABASE_URL = 'postgresql://user:pass%20word@db.example.com:5432/users?sslmode=require'

const key = { name: 'ci', digest: 'a'.repeat(64), scopes: ['users:read'], expires: '2030-01-31' }

const open = { AUTH: 'open', DEV_SECRET: '' }

const refusal = (env: unknown) => {
  try {
    readConfig(env)
    return 'none'
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return String(error)
  }
}

const kept = { DELETED_USERS_KEPT_DAYS: 30, EVENTS_KEPT_DAYS: 365 }

describe('readConfig', () => {
  test('takes a connection string and an endpoint of this machine', () => {
    for (const NEON_ENDPOINT of [
      undefined,
      'http://localhost:4444/sql',
      'http://127.0.0.1:4444/sql',
      'http://[::1]:4444/sql',
    ]) {
      expect(readConfig({ DATABASE_URL, NEON_ENDPOINT, ...open, OTHER: 1 })).toEqual({
        DATABASE_URL,
        ...open,
        ...kept,
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

  test.for([{}, { AUTH: 'keys' }, { API_KEYS: '[]' }])(
    'refuses %j, with which nobody could get in',
    (variables) => {
      expect(refusal({ DATABASE_URL, ...variables })).toMatch(
        /Nobody could get in.*npm run keys:new.*API_KEYS.*npm run dev/,
      )
    },
  )

  test('takes numbers of days', () => {
    const days = { DELETED_USERS_KEPT_DAYS: '0', EVENTS_KEPT_DAYS: '9999' }

    expect(readConfig({ DATABASE_URL, ...open, ...days })).toMatchObject({
      DELETED_USERS_KEPT_DAYS: 0,
      EVENTS_KEPT_DAYS: 9999,
    })
  })

  test.for([
    ...['-1', '1.5', '', ' 30', '030', '10000', '30 days'].map((days) => [
      'DELETED_USERS_KEPT_DAYS',
      days,
    ]),
    ['EVENTS_KEPT_DAYS', '0'],
  ])('refuses %s=%s', ([name = '', days]) => {
    expect(() => readConfig({ DATABASE_URL, ...open, [name]: days })).toThrow(name)
  })

  test('takes keys and origins', () => {
    expect(readConfig({ DATABASE_URL, API_KEYS: JSON.stringify([key]) })).toEqual({
      DATABASE_URL,
      AUTH: 'keys',
      API_KEYS: [key],
      ...kept,
    })
    expect(
      readConfig({
        DATABASE_URL,
        ...open,
        CORS_ORIGINS: ' https://a.example.com,https://b.example.com:8443 http://localhost:3000 ',
      }).CORS_ORIGINS,
    ).toEqual(['https://a.example.com', 'https://b.example.com:8443', 'http://localhost:3000'])
  })

  test('refuses AUTH=open by hand, where nobody judges what a client really sent', () => {
    expect(refusal({ DATABASE_URL, AUTH: 'open' })).toMatch(
      /AUTH=open is for `npm run dev`.*keys:new/,
    )
  })

  test.for(['', 'canary', 'Open', 'open ', 'none'])('refuses %j as AUTH', (AUTH) => {
    const message = refusal({ DATABASE_URL, AUTH })

    expect(message).toContain('AUTH must be keys, or open on your own machine.')
    expect(message).not.toContain('canary')
  })

  test.for<[string, unknown]>([
    ['no JSON', 'canary'],
    ['the empty text', ''],
    ['an object', '{"canary":1}'],
    ['a list of texts', '["canary"]'],
    ['one that is no text', [key]],
    ...Object.entries({
      'a key in place of its digest': { ...key, digest: 'edgeusers_canary' },
      'a digest in capitals': { ...key, digest: key.digest.toUpperCase() },
      'no digest': { ...key, digest: undefined },
      'no name': { ...key, name: '' },
      'a name that could break the log': { ...key, name: 'canary"\n' },
      'no scopes': { ...key, scopes: [] },
      'an unknown scope': { ...key, scopes: ['canary'] },
      'a day that does not exist': { ...key, expires: '2030-02-30' },
      'a moment as its end': { ...key, expires: '2030-01-31T00:00:00Z' },
      'a field too many': { ...key, canary: 1 },
    }).map(([what, entry]): [string, unknown] => [what, JSON.stringify([entry])]),
    ['two names of one key', JSON.stringify([key, { ...key, name: 'again' }])],
    ['two keys of one name', JSON.stringify([key, { ...key, digest: 'b'.repeat(64) }])],
  ])('refuses %s as API_KEYS, and does not repeat it', ([, API_KEYS]) => {
    const message = refusal({ DATABASE_URL, API_KEYS })

    expect(message).toMatch(/^ConfigError: API_KEYS is not a list of keys.*npm run keys:new/)
    expect(message).not.toMatch(/canary|a{64}/i)
  })

  test.for([
    [{ CORS_ORIGINS: '*' }, 'CORS_ORIGINS must be https origins'],
    [{ CORS_ORIGINS: 'https://canary.example.com/' }, 'CORS_ORIGINS must be https origins'],
    [{ CORS_ORIGINS: 'http://canary.example.com' }, 'CORS_ORIGINS must be https origins'],
    [{ CORS_ORIGINS: 'https://a.example.com null' }, 'CORS_ORIGINS must be https origins'],
  ] as const)('refuses %j, and does not repeat it', ([variables, sentence]) => {
    const message = refusal({ DATABASE_URL, API_KEYS: JSON.stringify([key]), ...variables })

    expect(message).toContain(sentence)
    expect(message).not.toContain('canary')
  })
})
