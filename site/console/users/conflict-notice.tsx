import { useEffect, useRef } from 'preact/hooks'
import type { User } from '../../../src/client.ts'
import { Moment } from '../parts/moment.tsx'
import type { Draft } from './draft.ts'

type Props = {
  theirs: User | undefined
  mine: Draft
  keepMine: (theirs: User) => void
  takeTheirs: (theirs: User) => void
  close: () => void
}

/** Both versions side by side, and a choice. */
export function ConflictNotice({ theirs, mine, keepMine, takeTheirs, close }: Props) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => box.current?.focus(), [])

  return (
    <div
      class="notice conflict"
      role="alertdialog"
      aria-labelledby="conflict-title"
      tabIndex={-1}
      ref={box}
    >
      {theirs ? (
        <>
          <h3 id="conflict-title">Somebody was faster</h3>
          <p>
            The user changed while you were typing, and is at version {theirs.version} since{' '}
            <Moment at={theirs.updatedAt} />. Yours is not saved.
          </p>
          <table class="versions">
            <thead>
              <tr>
                <td />
                <th scope="col">Theirs</th>
                <th scope="col">Yours</th>
              </tr>
            </thead>
            <tbody>
              {(['name', 'email'] as const).map((field) => (
                <tr key={field} class={theirs[field] === mine[field] ? '' : 'differs'}>
                  <th scope="row">{field === 'name' ? 'Name' : 'Email'}</th>
                  <td dir="auto">{theirs[field]}</td>
                  <td dir="auto">{mine[field]}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <div class="buttons">
            <button type="button" class="primary" onClick={() => keepMine(theirs)}>
              Save mine over it
            </button>
            <button type="button" onClick={() => takeTheirs(theirs)}>
              Take theirs
            </button>
          </div>
        </>
      ) : (
        <>
          <h3 id="conflict-title">The user is not there any more</h3>
          <p>Somebody deleted it while you were typing. Yours is not saved.</p>
          <button type="button" onClick={close}>
            Close
          </button>
        </>
      )}
    </div>
  )
}
