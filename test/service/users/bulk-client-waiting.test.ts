import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createClient } from '../../../src/client.ts'
import { people } from '../../support/people.ts'
import {
  answering,
  enough,
  finish,
  givenUpAfter,
  json,
  problem,
  timed,
} from '../../support/planned-answers.ts'

// The client runs in this process, so its clock is the test's: nothing but its waiting takes time.
beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) })
})
afterEach(() => {
  vi.useRealTimers()
})

const url = 'https://users.example.com'
const mediaType = 'application/x-ndjson' as const

const busy = () => problem('busy', '1')
const imported = () => json({ created: 1, updated: 0, skipped: 0, refused: [] })

describe('a service that is busy', () => {
  test('is asked by one at a time, for all that wait', async () => {
    const { askedAt, fetch } = answering(...Array<typeof busy>(10).fill(busy), imported)
    const { users } = createClient(url, { fetch, timeoutMs: 60_000 })

    const imports = people(8).map((each) => users.import(JSON.stringify(each), { mediaType }))
    await vi.advanceTimersByTimeAsync(1_900)
    const askedSoon = askedAt.length
    const results = await finish(Promise.all(imports))

    // The first of each, and one more of the one whose turn it is.
    expect(askedSoon).toBe(8 + 1)
    expect(results).toHaveLength(8)
  })

  test('is waited for no longer than the call may take, or its caller wants', async () => {
    const { fetch } = answering(busy)
    const { users } = createClient(url, { fetch, timeoutMs: 2_000 })

    const imports = ['1', '2', '3'].map((line) => timed(users.import(line, { mediaType })))
    const stopped = timed(users.import('4', { mediaType, signal: givenUpAfter(300) }))
    const ended = await finish(Promise.all(imports))

    expect(await stopped).toEqual({ end: enough, ms: 300 })
    for (const { end, ms } of ended) {
      expect(end).toMatchObject({ problem: { code: 'busy' } })
      expect(ms).toBeLessThanOrEqual(2_000)
    }
  })
})
