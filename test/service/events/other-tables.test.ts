import { describe, expect, test } from 'vitest'
import { eventsOf } from '../../../src/rows/events.ts'
import { feedEnd } from '../../../src/rows/feed.ts'

describe('the feeds of two tables of events', () => {
  test.for(['team_events', 'device_events'])('end each in its own: %s', (name) => {
    expect(feedEnd(eventsOf(name, 'rowId')).sql).toContain(`from "${name}"`)
  })
})
