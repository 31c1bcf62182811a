import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { User } from '../../../src/client.ts'
import { formatCount } from '../format.ts'
import { useAnnounce } from '../parts/announce.ts'
import { Notice } from '../parts/notice.tsx'
import { Pager } from '../parts/pager.tsx'
import { Slow } from '../parts/slow.tsx'
import { setUnsaved } from '../parts/unsaved.ts'
import { usePages } from '../parts/use-pages.ts'
import { readSearch } from '../search.ts'
import type { Session } from '../session.ts'
import { CreateDialog } from './create-dialog.tsx'
import { ExportDialog } from './export-dialog.tsx'
import { LazyImportDialog } from './lazy-import-dialog.tsx'
import { SearchBox } from './search-box.tsx'
import { Total } from './total.tsx'
import { UserPanel } from './user-panel.tsx'
import { type Sort, UserTable } from './user-table.tsx'

type Props = {
  session: Session
  shownId: number | undefined
  show: (id: number | undefined) => void
  onFailure: (error: unknown) => void
}

type Query = { q: string | undefined; sort: Sort }
type Opened = 'create' | 'import' | 'export' | undefined

const limit = 25
/** From the last key on: a search for each letter of a word would only cost. */
const pauseMs = 200

export function UsersPage({ session, shownId, show, onFailure }: Props) {
  const [text, setText] = useState('')
  const [opened, setOpened] = useState<Opened>()
  const [created, setCreated] = useState<User>()
  const [focusNext, setFocusNext] = useState<string>()
  const announce = useAnnounce()
  const timer = useRef<number>(undefined)
  const mayRead = session.may('users:read')
  const { pages, state } = usePages<User, Query>(
    { q: undefined, sort: '-id' },
    async ({ q, sort }, cursor, signal) => {
      if (!mayRead) {
        return { rows: [], next: undefined }
      }
      const { users, next } = await session.client.users.page({ limit, q, sort, cursor, signal })
      return { rows: users, next }
    },
  )
  const { query, rows, isLoading, isLoaded, error } = state
  const { hint } = readSearch(text)
  const shown = [...rows, ...(created ? [created] : [])].find(({ id }) => id === shownId)

  useEffect(() => {
    if (error !== undefined) {
      onFailure(error)
    }
  }, [error])
  useEffect(() => () => clearTimeout(timer.current), [])

  const find = (part: Partial<Query>) => void pages.find({ ...query, ...part })
  const search = (typed: string, delayMs = pauseMs) => {
    setText(typed)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      const { q } = readSearch(typed)
      if (q !== query.q || error !== undefined) {
        find({ q })
      }
    }, delayMs)
  }
  const close = () => {
    setFocusNext(`user-${shownId}`)
    show(undefined)
  }
  // Once the panel is gone: what it covers takes no focus.
  useLayoutEffect(() => {
    if (focusNext !== undefined && shownId === undefined) {
      const row = document.getElementById(focusNext) ?? document.getElementById('search')
      row?.focus()
      setFocusNext(undefined)
    }
  }, [focusNext, shownId])
  const take = (user: User) => pages.put(({ id }) => id === user.id, user)

  return (
    <div class={`split ${shownId === undefined ? '' : 'has-panel'}`}>
      <main class="page">
        <h1 class="unseen">Users</h1>
        <div class="tools">
          {mayRead && (
            <SearchBox
              text={text}
              hint={hint}
              change={search}
              enter={() => document.querySelector<HTMLElement>('.row-link')?.focus()}
            />
          )}
          <div class="buttons">
            {session.may('users:export') && (
              <>
                <button type="button" onClick={() => setOpened('import')}>
                  Import
                </button>
                <button type="button" onClick={() => setOpened('export')}>
                  Export
                </button>
              </>
            )}
            {session.may('users:write') && (
              <button type="button" class="primary" onClick={() => setOpened('create')}>
                New user
              </button>
            )}
          </div>
        </div>

        {error !== undefined && <Notice error={error} retry={() => void pages.reload()} />}
        {mayRead ? (
          <>
            <div class="status">
              <p aria-live="polite">
                {isLoading ? 'Loading…' : describe(rows.length, state.page, query.q, isLoaded)}
                <Slow isLoading={isLoading} />
              </p>
              <Total session={session} q={query.q} onFailure={onFailure} />
            </div>
            <UserTable
              rows={rows}
              isLoading={isLoading}
              sort={query.sort}
              sortBy={(sort) => find({ sort })}
              shownId={shownId}
              show={show}
            />
            {isLoaded && rows.length === 0 && !isLoading && error === undefined && (
              <Nothing
                q={query.q}
                clear={() => search('', 0)}
                create={session.may('users:write') ? () => setOpened('create') : undefined}
              />
            )}
            <Pager
              state={state}
              next={() => void pages.next()}
              previous={() => void pages.previous()}
            />
          </>
        ) : (
          <div class="empty">
            <h2>This key does not show users</h2>
            <p>
              To list and find them it needs the scope <code>users:read</code>. What it allows
              stands above.
            </p>
          </div>
        )}
      </main>

      {shownId !== undefined && (
        <UserPanel
          key={shownId}
          session={session}
          id={shownId}
          row={shown}
          close={close}
          onFailure={onFailure}
          onChanged={take}
          onRemoved={(user, undo) => {
            setUnsaved(false)
            close()
            pages.put(({ id }) => id === user.id, undefined)
            announce({
              text: undo ? (
                <>
                  Deleted <bdi>{user.name}</bdi>.
                </>
              ) : (
                <>
                  Erased <bdi>{user.name}</bdi> for good.
                </>
              ),
              ...(undo && {
                action: {
                  label: 'Undo',
                  run: () =>
                    void undo().then(
                      (restored) => {
                        announce({
                          text: (
                            <>
                              <bdi>{restored.name}</bdi> is back.
                            </>
                          ),
                        })
                        void pages.reload()
                      },
                      (failure: unknown) => {
                        onFailure(failure)
                        announce({
                          text: failure instanceof Error ? failure.message : 'It did not work.',
                        })
                      },
                    ),
                },
              }),
            })
          }}
          find={(q) => {
            setUnsaved(false)
            setFocusNext('search')
            show(undefined)
            search(q, 0)
          }}
        />
      )}
      {opened === 'create' && (
        <CreateDialog
          session={session}
          close={() => setOpened(undefined)}
          onFailure={onFailure}
          onCreated={(user) => {
            setOpened(undefined)
            announce({
              text: (
                <>
                  Created <bdi>{user.name}</bdi>.
                </>
              ),
            })
            setCreated(user)
            void pages.find(query)
            show(user.id)
          }}
        />
      )}
      {opened === 'import' && (
        <LazyImportDialog
          session={session}
          close={() => setOpened(undefined)}
          onImported={() => void pages.find(query)}
        />
      )}
      {opened === 'export' && (
        <ExportDialog session={session} q={query.q} close={() => setOpened(undefined)} />
      )}
    </div>
  )
}

function describe(count: number, page: number, q: string | undefined, isLoaded: boolean): string {
  if (!isLoaded) {
    return ''
  }
  const found = q === undefined ? '' : ' found'
  return page === 1 && count === 0
    ? `No user${found}`
    : `${formatCount(count, 'user', 'users')}${found} on page ${page}`
}

type NothingProps = {
  q: string | undefined
  clear: () => void
  create: (() => void) | undefined
}

const Nothing = ({ q, clear, create }: NothingProps) => (
  <div class="empty">
    {q === undefined ? (
      <>
        <h2>There are no users yet</h2>
        {create && (
          <button type="button" onClick={create}>
            Create the first one
          </button>
        )}
      </>
    ) : (
      <>
        <h2>
          No name and no email has “<bdi>{q}</bdi>” in it
        </h2>
        <button type="button" onClick={clear}>
          Show all users
        </button>
      </>
    )}
  </div>
)
