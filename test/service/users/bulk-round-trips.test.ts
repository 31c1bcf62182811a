import { describe, expect } from 'vitest'
import { test } from '../../support/counted-service.ts'
import { people } from '../../support/people.ts'

const ndjson = { 'Content-Type': 'application/x-ndjson' }
const lines = people(5_000)
  .map((person) => JSON.stringify(person))
  .join('\n')

describe('a request', () => {
  test('for an export makes one round trip a page', async ({ crowded }) => {
    const { roundTrips } = await crowded.count('GET', '/users/export', undefined, {
      Accept: 'text/csv',
    })

    expect(roundTrips).toBe(3)
  })

  test.for(['', '?onConflict=update'])(
    'for an import makes one round trip: %j',
    async (query, { crowded }) => {
      const path = `/users/import${query}`

      expect(await crowded.count('POST', path, lines, ndjson)).toMatchObject({
        status: 200,
        roundTrips: 1,
      })
    },
  )

  test('for a format that no export has makes none', async ({ crowded }) => {
    const headers = { Accept: 'text/html' }

    expect(await crowded.count('GET', '/users/export', undefined, headers)).toMatchObject({
      status: 406,
      roundTrips: 0,
    })
  })
})
