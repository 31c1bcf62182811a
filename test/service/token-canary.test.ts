/**
 * Takes over ten seconds beside others: every request, with each of five tokens, for each lie of their issuer.
 * @module-tag slow
 */

import { describe, expect, test } from 'vitest'
import { scopes } from '../../src/resources.ts'
import {
  canary,
  expectSilentLog,
  prepare,
  prepareSamples,
  trySend,
  user,
} from '../support/canary.ts'
import { audience, startIssuer } from '../support/issuer.ts'

describe('what was put in', () => {
  test('comes out of no identity provider', async () => {
    const { url, endpointUrl, start } = await prepare()
    const good = await start({ DATABASE_URL: url, NEON_ENDPOINT: endpointUrl })
    const samples = await prepareSamples(good)
    const issuer = await startIssuer()
    const service = await start({
      DATABASE_URL: url,
      NEON_ENDPOINT: endpointUrl,
      OIDC_ISSUER: issuer.url,
      OIDC_AUDIENCE: audience,
    })
    const tokens = [
      await issuer.sign(`${scopes.join(' ')} canary`, { sub: user.email }),
      await issuer.sign('canary', { sub: canary, name: canary }),
      await issuer.sign(`${scopes[0]}`, { aud: canary }),
      await issuer.sign(`${scopes[0]}`, { iss: canary }),
      await issuer.sign(`${scopes[0]}`, {}, { kid: canary }),
    ]

    for (const lie of [{ issuer: canary, jwks_uri: 'canary' }, { canary }, undefined]) {
      issuer.lie(lie)
      for (const token of tokens) {
        await trySend(service, samples, { Authorization: `Bearer ${token}` })
      }
    }
    await issuer.stop()
    await trySend(service, samples, {
      Authorization: `Bearer ${await issuer.sign('', {}, { kid: '2' })}`,
    })

    for (const token of tokens) {
      expect(service.logs().join('\n')).not.toContain(token.slice(-40))
    }
    await expectSilentLog(service, 'nowhere')
  })
})
