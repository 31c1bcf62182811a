import { useEffect, useState } from 'preact/hooks'
import type { Event } from '../../../src/client.ts'
import { isAbort } from '../failure.ts'
import { Moment } from '../parts/moment.tsx'
import { Notice } from '../parts/notice.tsx'
import type { Session } from '../session.ts'
import { EventText } from './event-text.tsx'
import { follow, maxShown, withNewest } from './follow.ts'

type Props = {
  session: Session
  onFailure: (error: unknown) => void
  showUser: (id: number) => void
}

const hourMs = 3_600_000
const spans: readonly [label: string, ms: number][] = [
  ['from now on', 0],
  ['in the last hour', hourMs],
  ['in the last 24 hours', 24 * hourMs],
  ['in the last 7 days', 7 * 24 * hourMs],
]

/** What is done to users, as it happens. */
export function EventFeed({ session, onFailure, showUser }: Props) {
  const [spanMs, setSpanMs] = useState(hourMs)
  const [isPaused, setIsPaused] = useState(false)
  const [events, setEvents] = useState<readonly Event[]>([])
  const [isUpToDate, setIsUpToDate] = useState(false)
  const [error, setError] = useState<unknown>()
  const [turn, setTurn] = useState(0)

  useEffect(() => {
    if (isPaused) {
      return
    }
    const controller = new AbortController()
    const { signal } = controller
    setEvents([])
    setIsUpToDate(false)
    setError(undefined)
    const since = new Date(Date.now() - spanMs).toISOString()
    follow(
      (options, stop) => session.client.events.page({ ...options, signal: stop }),
      since,
      (some, isAll) => {
        if (!signal.aborted) {
          setEvents((before) => (some.length > 0 ? withNewest(before, some) : before))
          setIsUpToDate(isAll)
        }
      },
      signal,
    ).catch((failure: unknown) => {
      if (!isAbort(failure, signal)) {
        onFailure(failure)
        setError(failure)
      }
    })
    return () => controller.abort()
  }, [spanMs, isPaused, turn])

  return (
    <main class="page">
      <h1>Events</h1>
      <div class="tools">
        <label class="select">
          What happened{' '}
          <select
            value={spanMs}
            onChange={({ currentTarget }) => setSpanMs(Number(currentTarget.value))}
          >
            {spans.map(([label, ms]) => (
              <option key={ms} value={ms}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <button type="button" aria-pressed={isPaused} onClick={() => setIsPaused(!isPaused)}>
          {isPaused ? 'Go on' : 'Pause'}
        </button>
      </div>
      {error !== undefined && (
        <Notice error={error} retry={() => setTurn(turn + 1)} retryLabel="Begin anew" />
      )}
      <p class="status" aria-live="polite">
        {isPaused && 'Paused.'}
        {!isPaused &&
          error === undefined &&
          (isUpToDate ? 'New ones appear here by themselves.' : 'Loading…')}
        {events.length === maxShown && ` These are the newest ${maxShown}.`}
      </p>
      {isUpToDate && events.length === 0 ? (
        <div class="empty">
          <h2>Nothing happened</h2>
        </div>
      ) : (
        <div class="table">
          <table>
            <caption class="unseen">Events, the newest first</caption>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">What</th>
                <th scope="col">User</th>
                <th scope="col">Who</th>
                <th scope="col">Request</th>
              </tr>
            </thead>
            <tbody>
              {events.map((event) => (
                <tr key={event.id}>
                  <td class="col-moment">
                    <Moment at={event.at} />
                  </td>
                  <td>
                    <EventText event={event} />
                  </td>
                  <td>
                    <button type="button" class="row-link" onClick={() => showUser(event.userId)}>
                      {event.userId}
                    </button>
                  </td>
                  <td>
                    <bdi>{event.caller}</bdi>
                  </td>
                  <td class="col-request">
                    <code>{event.requestId ?? '–'}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </main>
  )
}
