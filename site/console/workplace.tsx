import { useCallback, useState } from 'preact/hooks'
import { DeletedUsers } from './deleted/deleted-users.tsx'
import { EventFeed } from './events/event-feed.tsx'
import { Announcing, type Message } from './parts/announce.ts'
import { hasUnsaved } from './parts/unsaved.ts'
import { isUnauthenticated, type Session } from './session.ts'
import { UsersPage } from './users/users-page.tsx'

type Place = 'users' | 'deleted' | 'events'

const places: readonly { place: Place; label: string; scope?: string }[] = [
  { place: 'users', label: 'Users' },
  { place: 'deleted', label: 'Deleted', scope: 'users:audit' },
  { place: 'events', label: 'Events', scope: 'users:audit' },
]

type Props = { session: Session; leave: (error?: unknown) => void }

export function Workplace({ session, leave }: Props) {
  const [place, setPlace] = useState<Place>('users')
  const [shownId, setShownId] = useState<number>()
  const [message, setMessage] = useState<Message>()
  /** A key that expires or is taken back ends the session, wherever it is noticed. */
  const onFailure = useCallback((error: unknown) => {
    if (isUnauthenticated(error)) {
      leave(error)
    }
  }, [])
  /** What is typed and not saved is not lost by a click beside it. */
  const attempt = (go: () => void) => {
    if (hasUnsaved()) {
      setMessage({ text: 'Save or revert first what you have typed.' })
    } else {
      go()
    }
  }
  const isOpen = session.caller === 'anyone'
  const offered = places.filter(({ scope }) => scope === undefined || session.may(scope))

  return (
    <Announcing.Provider value={setMessage}>
      <header class="top">
        <p class="wordmark">edge-users</p>
        {offered.length > 1 && (
          <nav aria-label="Parts of the console">
            {offered.map(({ place: each, label }) => (
              <button
                key={each}
                type="button"
                class="place"
                aria-current={each === place ? 'page' : undefined}
                onClick={() =>
                  attempt(() => {
                    setPlace(each)
                    setMessage(undefined)
                  })
                }
              >
                {label}
              </button>
            ))}
          </nav>
        )}
        <p class="who">
          {isOpen ? (
            <span title="The service asks nobody for a key.">Open: no key is asked for</span>
          ) : (
            <>
              <bdi class="caller">{session.caller}</bdi>
              <span class="scopes">{scopesInWords(session.scopes)}</span>
              <button type="button" class="quiet end" onClick={() => attempt(leave)}>
                Sign out
              </button>
            </>
          )}
        </p>
      </header>
      {place === 'users' && (
        <UsersPage
          session={session}
          shownId={shownId}
          show={(id) => attempt(() => setShownId(id))}
          onFailure={onFailure}
        />
      )}
      {place === 'deleted' && <DeletedUsers session={session} onFailure={onFailure} />}
      {place === 'events' && (
        <EventFeed
          session={session}
          onFailure={onFailure}
          showUser={(id) => {
            setShownId(id)
            setPlace('users')
          }}
        />
      )}
      <div class="message" role="status">
        {message && (
          <div class="toast">
            <span>{message.text}</span>
            {message.action && (
              <button type="button" onClick={message.action.run}>
                {message.action.label}
              </button>
            )}
            <button
              type="button"
              class="close"
              aria-label="Dismiss this message"
              onClick={() => setMessage(undefined)}
            >
              <span aria-hidden="true">×</span>
            </button>
          </div>
        )}
      </div>
    </Announcing.Provider>
  )
}

/** `users:read` is what everybody here would call `read`. */
const scopesInWords = (scopes: readonly string[]) =>
  scopes.length === 0 ? 'no scope' : scopes.map((scope) => scope.replace(/^users:/, '')).join(' · ')
