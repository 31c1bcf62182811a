import { useEffect } from 'preact/hooks'
import type { DeletedUser } from '../../../src/client.ts'
import { useAnnounce } from '../parts/announce.ts'
import { Moment } from '../parts/moment.tsx'
import { Notice } from '../parts/notice.tsx'
import { Pager } from '../parts/pager.tsx'
import { Slow } from '../parts/slow.tsx'
import { usePages } from '../parts/use-pages.ts'
import type { Session } from '../session.ts'

type Props = { session: Session; onFailure: (error: unknown) => void }

const limit = 25

/** Who can still be taken back. */
export function DeletedUsers({ session, onFailure }: Props) {
  const announce = useAnnounce()
  const { pages, state } = usePages<DeletedUser, undefined>(
    undefined,
    async (_, cursor, signal) => {
      const { users, next } = await session.client.users.deleted({ limit, cursor, signal })
      return { rows: users, next }
    },
  )
  const { rows, isLoading, isLoaded, error } = state
  useEffect(() => {
    if (error !== undefined) {
      onFailure(error)
    }
  }, [error])

  const restore = async ({ id, name }: DeletedUser) => {
    try {
      await session.client.users.restore(id)
      announce({
        text: (
          <>
            <bdi>{name}</bdi> is back.
          </>
        ),
      })
      await pages.reload()
    } catch (failure) {
      onFailure(failure)
      announce({ text: failure instanceof Error ? failure.message : 'It did not work.' })
    }
  }

  return (
    <main class="page">
      <h1>Deleted users</h1>
      <p class="hint">They are kept for a time, and then removed for good.</p>
      {error !== undefined && <Notice error={error} retry={() => void pages.reload()} />}
      <p class="status" aria-live="polite">
        {isLoading && 'Loading…'}
        <Slow isLoading={isLoading} />
      </p>
      {isLoaded && rows.length === 0 ? (
        <div class="empty">
          <h2>Nobody is deleted</h2>
        </div>
      ) : (
        <div class={`table ${isLoading ? 'is-loading' : ''}`}>
          <table aria-busy={isLoading}>
            <caption class="unseen">Deleted users, the latest deletion first</caption>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Email</th>
                <th scope="col" class="col-id">
                  Id
                </th>
                <th scope="col">Deleted</th>
                <td />
              </tr>
            </thead>
            <tbody>
              {rows.map((user) => (
                <tr key={user.id}>
                  <td class="col-name" dir="auto">
                    {user.name}
                  </td>
                  <td class="col-email" dir="auto">
                    {user.email}
                  </td>
                  <td class="col-id">{user.id}</td>
                  <td class="col-moment">
                    <Moment at={user.deletedAt} />
                  </td>
                  <td class="col-action">
                    {session.may('users:write') && (
                      <button
                        type="button"
                        aria-label={`Restore ${user.name}`}
                        onClick={() => void restore(user)}
                      >
                        Restore
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Pager state={state} next={() => void pages.next()} previous={() => void pages.previous()} />
    </main>
  )
}
