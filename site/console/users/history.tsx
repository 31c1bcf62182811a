import { useEffect, useState } from 'preact/hooks'
import type { Event } from '../../../src/client.ts'
import { EventText } from '../events/event-text.tsx'
import { Moment } from '../parts/moment.tsx'
import { Notice } from '../parts/notice.tsx'
import type { Client } from '../session.ts'

type Props = { id: number; client: Client }

const limit = 10

/** The newest first. */
export function History({ id, client }: Props) {
  const [events, setEvents] = useState<readonly Event[]>([])
  const [next, setNext] = useState<string>()
  const [isLoaded, setIsLoaded] = useState(false)
  const [error, setError] = useState<unknown>()

  const load = async (cursor: string | undefined, signal?: AbortSignal) => {
    try {
      const page = await client.events.history(id, { limit, cursor, signal })
      setEvents((before) => (cursor === undefined ? page.events : [...before, ...page.events]))
      setNext(page.next)
      setIsLoaded(true)
    } catch (failure) {
      if (!signal?.aborted) {
        setError(failure)
      }
    }
  }

  useEffect(() => {
    const controller = new AbortController()
    void load(undefined, controller.signal)
    return () => controller.abort()
  }, [])

  return (
    <section class="history" aria-labelledby="history-title">
      <h3 id="history-title">History</h3>
      {error !== undefined && <Notice error={error} />}
      {isLoaded && events.length === 0 && (
        <p class="hint">Nothing was done to this user since events are recorded.</p>
      )}
      <ol>
        {events.map((event) => (
          <li key={event.id}>
            <EventText event={event} />
            <p class="hint">
              <Moment at={event.at} /> · <bdi>{event.caller}</bdi>
            </p>
          </li>
        ))}
      </ol>
      {next !== undefined && (
        <button type="button" class="quiet start" onClick={() => void load(next)}>
          Show earlier
        </button>
      )}
    </section>
  )
}
