import { describe, expect, test } from 'vitest'
import { createSearchPlaces } from '../../src/users/search-places.ts'

function placesAt(start: number) {
  const clock = { ms: start }
  return { clock, places: createSearchPlaces(2, 6_000, () => clock.ms) }
}

describe('the searches of a caller in an isolate', () => {
  test('are so many and no more, until one has ended', () => {
    const { places } = placesAt(1_000)
    const leave = places.take('one')
    places.take('one')

    expect(places.take('one')).toBeUndefined()
    expect(places.take('two')).toBeDefined()
    leave?.()
    expect(places.take('one')).toBeDefined()
    expect(places.take('one')).toBeUndefined()
  })

  test('end after their term, when nobody hears of it', () => {
    const { clock, places } = placesAt(1_000)
    const leaveLate = places.take('one')
    places.take('one')

    clock.ms += 6_000
    expect(places.take('one')).toBeDefined()
    expect(places.take('one')).toBeDefined()
    // Its place is another's by now.
    leaveLate?.()
    expect(places.take('one')).toBeUndefined()
  })
})
