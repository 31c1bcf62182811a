import { describe, expect } from 'vitest'
import { version } from '../../package.json' with { type: 'json' }
import { test } from '../support/test.ts'

describe.for(['/livez', '/readyz'])('GET %s', (path) => {
  test('answers with the version', async ({ service }) => {
    const answer = await service.request('GET', path)

    expect(answer).toMatchObject({ status: 200, body: { status: 'ok', version } })
  })
})
