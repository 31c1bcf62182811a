import { useEffect, useRef } from 'preact/hooks'
import { ConnectionError, type User } from '../../../src/client.ts'
import { codeOf, fieldFaultsOf } from '../failure.ts'
import { useAnnounce } from '../parts/announce.ts'
import { coverPage } from '../parts/cover.ts'
import { Field } from '../parts/field.tsx'
import { Moment } from '../parts/moment.tsx'
import { Notice } from '../parts/notice.tsx'
import { setUnsaved } from '../parts/unsaved.ts'
import type { Session } from '../session.ts'
import { ConflictNotice } from './conflict-notice.tsx'
import { isSame } from './draft.ts'
import { History } from './history.tsx'
import { RemoveUser } from './remove-user.tsx'
import { useUser } from './use-user.ts'

type Props = {
  session: Session
  id: number
  row: User | undefined
  close: () => void
  onChanged: (user: User) => void
  /** Without `restore` it is gone for good. */
  onRemoved: (user: User, restore: (() => Promise<User>) | undefined) => void
  onFailure: (error: unknown) => void
  find: (q: string) => void
}

export function UserPanel({
  session,
  id,
  row,
  close,
  onChanged,
  onRemoved,
  onFailure,
  find,
}: Props) {
  const heading = useRef<HTMLHeadingElement>(null)
  const announce = useAnnounce()
  const edit = useUser({ session, id, row, onChanged, onFailure })
  const { user, draft, error, conflict, isSaving } = edit
  const mayWrite = session.may('users:write')
  const isDirty = user !== undefined && draft !== undefined && !isSame(user, draft)
  const faults = fieldFaultsOf(error)
  const isGone = codeOf(error) === 'user-not-found'
  const isUncertain = error instanceof ConnectionError || codeOf(error) === 'outcome-unknown'

  useEffect(() => {
    heading.current?.focus()
    return coverPage()
  }, [])
  useEffect(() => {
    setUnsaved(isDirty)
    return () => setUnsaved(false)
  }, [isDirty])

  const save = async (known: User) => {
    if (draft && (await edit.save(known, draft))) {
      announce({ text: 'Saved.' })
      heading.current?.focus()
    }
  }
  const restore = async () => {
    try {
      edit.take(await session.client.users.restore(id))
      heading.current?.focus()
    } catch (failure) {
      edit.fail(failure)
    }
  }
  const submit = (event: Event) => {
    event.preventDefault()
    if (user && isDirty && !isSaving) {
      void save(user)
    }
  }

  return (
    <aside
      class="panel"
      aria-labelledby="panel-title"
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) {
          event.preventDefault()
          if (isDirty) {
            edit.revert()
          } else {
            close()
          }
        }
      }}
    >
      <header class="bar">
        <h2 id="panel-title" tabIndex={-1} ref={heading} dir="auto">
          {user?.name ?? `User ${id}`}
        </h2>
        <button type="button" class="quiet close" aria-label="Close the user" onClick={close}>
          <span aria-hidden="true">×</span>
        </button>
      </header>

      {conflict && draft && (
        <ConflictNotice
          theirs={conflict.theirs}
          mine={draft}
          keepMine={(theirs) => void save(theirs)}
          takeTheirs={(theirs) => {
            edit.take(theirs)
            heading.current?.focus()
          }}
          close={() => {
            setUnsaved(false)
            close()
          }}
        />
      )}
      {error !== undefined && Object.keys(faults).length === 0 && (
        <Notice
          error={error}
          {...(isUncertain &&
            user &&
            draft && {
              retry: () => void edit.compare(draft, user),
              retryLabel: 'See what is there',
            })}
          {...(isGone &&
            mayWrite && { retry: () => void restore(), retryLabel: 'Restore the user' })}
          dismiss={edit.dismiss}
        />
      )}

      {user && draft && (
        <>
          <form class="stack edit" onSubmit={submit}>
            <Field
              id="name"
              label="Name"
              value={draft.name}
              isReadOnly={!mayWrite}
              fault={faults['name']}
              change={(name) => edit.change({ name })}
            />
            <Field
              id="email"
              label="Email"
              type="email"
              value={draft.email}
              isReadOnly={!mayWrite}
              fault={faults['email']}
              change={(email) => edit.change({ email })}
            />
            {codeOf(error) === 'email-taken' && session.may('users:read') && (
              <button type="button" class="quiet start" onClick={() => find(draft.email)}>
                Find who has it
              </button>
            )}
            {mayWrite && !conflict && (
              <div class={`buttons ${isDirty ? '' : 'is-hidden'}`}>
                <button type="submit" class="primary" disabled={isSaving}>
                  {isSaving ? 'Saving…' : 'Save'}
                </button>
                <button type="button" onClick={edit.revert}>
                  Revert
                </button>
              </div>
            )}
          </form>
          <dl class="facts">
            <div>
              <dt>Id</dt>
              <dd>{user.id}</dd>
            </div>
            <div>
              <dt>Version</dt>
              <dd>{user.version}</dd>
            </div>
            <div>
              <dt>Created</dt>
              <dd>
                <Moment at={user.createdAt} />
              </dd>
            </div>
            <div>
              <dt>Changed</dt>
              <dd>
                <Moment at={user.updatedAt} />
              </dd>
            </div>
          </dl>
          {session.may('users:audit') && (
            <History key={user.version} id={id} client={session.client} />
          )}
          {mayWrite && (
            <RemoveUser session={session} user={user} edit={edit} onRemoved={onRemoved} />
          )}
        </>
      )}
      {!user && isGone && session.may('users:audit') && <History id={id} client={session.client} />}
    </aside>
  )
}
