import { describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'

const DATABASE_URL = 'postgresql://user:password@localhost/users'

describe('readConfig', () => {
  test.for(['https://issuer.example.com/@a/', 'http://localhost:1234'])(
    'takes %s as an issuer, without keys',
    (OIDC_ISSUER) => {
      const config = readConfig({ DATABASE_URL, OIDC_ISSUER, OIDC_AUDIENCE: 'users' })

      expect(config).toMatchObject({ OIDC_ISSUER, AUTH: 'keys' })
    },
  )

  test('takes how the tokens of that issuer are to be read', () => {
    const reading = { OIDC_SCOPE_PREFIX: 'api://users', OIDC_PROVIDER: 'cognito' }
    const issuer = { OIDC_ISSUER: 'https://issuer.example.com', OIDC_AUDIENCE: 'users' }

    expect(readConfig({ DATABASE_URL, ...issuer, ...reading })).toMatchObject(reading)
  })

  test.for([
    ...[
      'http://canary.example.com',
      'canary',
      '',
      'https://issuer.example.com/?canary',
      'https://issuer.example.com?',
      'https://issuer.example.com/#canary',
      'https://canary@issuer.example.com/',
      'https://:canary@issuer.example.com/',
      ' https://canary.example.com/',
    ].map(
      (OIDC_ISSUER) => [{ OIDC_ISSUER }, 'OIDC_ISSUER must be an https address, with'] as const,
    ),
    [{ OIDC_AUDIENCE: '' }, 'OIDC_AUDIENCE must not be blank.'],
    [{ OIDC_AUDIENCE: ' \t' }, 'OIDC_AUDIENCE must not be blank.'],
    ...['', 'canary api', '"canary"', 'canary\n'].map(
      (OIDC_SCOPE_PREFIX) =>
        [{ OIDC_SCOPE_PREFIX }, 'OIDC_SCOPE_PREFIX must be what stands before users:read'] as const,
    ),
    ...['', 'canary', 'Cognito'].map(
      (OIDC_PROVIDER) => [{ OIDC_PROVIDER }, 'OIDC_PROVIDER must be cognito, or'] as const,
    ),
    [{ OIDC_SCOPE_PREFIX: 'canary' }, 'say how to read the tokens of OIDC_ISSUER: set that too'],
    [{ OIDC_PROVIDER: 'cognito' }, 'say how to read the tokens of OIDC_ISSUER: set that too'],
    [{ OIDC_ISSUER: 'https://canary.example.com' }, 'OIDC_ISSUER and OIDC_AUDIENCE go together'],
    [{ OIDC_AUDIENCE: 'canary' }, 'OIDC_ISSUER and OIDC_AUDIENCE go together'],
  ] as const)('refuses %j, and does not repeat it', ([variables, sentence]) => {
    const read = () => readConfig({ DATABASE_URL, ...variables })

    expect(read).toThrow(sentence)
    expect(read).not.toThrow('canary')
  })
})
