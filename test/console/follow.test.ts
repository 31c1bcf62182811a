import { expect, test } from 'vitest'
import { follow, maxShown, withNewest } from '../../site/console/events/follow.ts'
import type { Event } from '../../src/client.ts'

const event = (version: number): Event => ({
  id: `${version}`,
  kind: 'change',
  userId: 1,
  version,
  at: '2026-11-22T09:16:49Z',
  caller: 'key:support',
  requestId: null,
  fields: ['name'],
})

const events = (count: number) => Array.from({ length: count }, (_, index) => event(index + 1))

test('the events are followed from a moment on, by the cursor alone, until nobody looks', async () => {
  const stop = new AbortController()
  const asked: unknown[] = []
  const shown: [number, boolean][] = []

  await follow(
    async ({ cursor, since }) => {
      asked.push({ cursor, since })
      return { events: events(cursor === undefined ? 100 : 1), next: `${asked.length}` }
    },
    '2026-11-22T09:00:00Z',
    (some, isUpToDate) => {
      shown.push([some.length, isUpToDate])
      if (isUpToDate) {
        stop.abort()
      }
    },
    stop.signal,
  )

  expect(asked).toEqual([
    { cursor: undefined, since: '2026-11-22T09:00:00Z' },
    { cursor: '1', since: undefined },
  ])
  expect(shown).toEqual([
    [100, false],
    [1, true],
  ])
})

test('the newest events stand first, and there are never too many', () => {
  expect(withNewest([event(1)], [event(2), event(3)]).map(({ version }) => version)).toEqual([
    3, 2, 1,
  ])
  expect(withNewest(events(maxShown), [event(9)])).toHaveLength(maxShown)
})
