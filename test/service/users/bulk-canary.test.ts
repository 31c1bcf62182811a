import { describe, test } from 'vitest'
import { expectSilentLog, prepare, type Sent, send, user } from '../../support/canary.ts'

const refusals: readonly Sent[] = [
  [405, 'DELETE', '/users/export?email=canary%40example.com'],
  [406, 'GET', '/users/export', undefined, { Accept: 'text/canary' }],
  [422, 'GET', '/users/export?q=c&email=canary'],
  [400, 'POST', '/users/import', 'name,email\n"canary', { 'Content-Type': 'text/csv' }],
  [422, 'POST', '/users/import?onConflict=canary', '', { 'Content-Type': 'text/csv' }],
  [
    200,
    'POST',
    '/users/import',
    '{"name":" canary","email":"canary"}\n{"canary":1}\ncanary\n',
    { 'Content-Type': 'application/x-ndjson' },
  ],
]

describe('what was put into an import or an export', () => {
  test('comes out of no refusal, and stands in no log', async () => {
    const { url, endpointUrl, start } = await prepare()
    const service = await start({ DATABASE_URL: url, NEON_ENDPOINT: endpointUrl })
    await send(service, [201, 'POST', '/users', user])

    for (const each of refusals) {
      await send(service, each)
    }
    await send(service, [200, 'GET', '/users/export?q=canary'])

    await expectSilentLog(service, 'nowhere')
  })
})
