import { describe, expect, inject } from 'vitest'
import { startEndpoint } from '../../neon-local/endpoint.ts'
import { version } from '../../package.json' with { type: 'json' }
import { startService } from '../support/service.ts'
import { test } from '../support/test.ts'

describe.for(['/livez', '/readyz'])('GET %s', (path) => {
  test('answers with the version', async ({ service }) => {
    const answer = await service.request('GET', path)

    expect(answer).toMatchObject({ status: 200, body: { status: 'ok', version } })
  })
})

describe('GET /readyz', () => {
  test('asks the database once for many probes', async ({ database }) => {
    let statements = 0
    const onStatement = () => {
      statements += 1
    }
    const endpoint = await startEndpoint({ postgresUrl: inject('postgresUrl'), onStatement })
    const service = await startService(inject('workerDir'), {
      DATABASE_URL: database.url,
      NEON_ENDPOINT: endpoint.url,
    })

    await service.request('GET', '/readyz')
    await Promise.all(Array.from({ length: 20 }, () => service.request('GET', '/readyz')))
    await service.close()
    await endpoint.close()

    expect(statements).toBe(1)
  })
})
