import type { User } from '../../../src/client.ts'
import { Moment } from '../parts/moment.tsx'

type Column = 'id' | 'name' | 'email'
export type Sort = Column | `-${Column}`

type Props = {
  rows: readonly User[]
  isLoading: boolean
  sort: Sort
  sortBy: (sort: Sort) => void
  shownId: number | undefined
  show: (id: number) => void
}

const columns: readonly { column: Column; label: string }[] = [
  { column: 'name', label: 'Name' },
  { column: 'email', label: 'Email' },
  { column: 'id', label: 'Id' },
]

export function UserTable({ rows, isLoading, sort, sortBy, shownId, show }: Props) {
  return (
    <div class={`table ${isLoading ? 'is-loading' : ''}`}>
      <table aria-busy={isLoading}>
        <caption class="unseen">Users. A name opens the user.</caption>
        <thead>
          <tr>
            {columns.map(({ column, label }) => (
              <th
                key={column}
                scope="col"
                class={`col-${column}`}
                aria-sort={direction(sort, column)}
              >
                <button
                  type="button"
                  class="sort"
                  onClick={() => sortBy(sort === column ? `-${column}` : column)}
                >
                  {label}
                  <span class="arrow" aria-hidden="true" />
                </button>
              </th>
            ))}
            <th scope="col" class="col-moment">
              Changed
            </th>
          </tr>
        </thead>
        <tbody onKeyDown={moveBetweenRows}>
          {rows.map((user) => (
            // The mouse may use the whole row; the keyboard has the button in it.
            <tr
              key={user.id}
              class={user.id === shownId ? 'is-shown' : ''}
              onClick={() => show(user.id)}
            >
              <td class="col-name">
                <button
                  type="button"
                  id={`user-${user.id}`}
                  class="row-link"
                  dir="auto"
                  aria-current={user.id === shownId ? 'true' : undefined}
                >
                  {user.name}
                </button>
              </td>
              <td class="col-email" dir="auto">
                {user.email}
              </td>
              <td class="col-id">{user.id}</td>
              <td class="col-moment">
                <Moment at={user.updatedAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function direction(sort: Sort, column: Column) {
  if (sort === column) {
    return 'ascending'
  }
  return sort === `-${column}` ? 'descending' : 'none'
}

const steps: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => Math.min(at + 1, count - 1),
  ArrowUp: (at) => at - 1,
  Home: () => 0,
  End: (_, count) => count - 1,
}

/** Above the first row is the search. */
function moveBetweenRows(event: KeyboardEvent & { currentTarget: HTMLElement }) {
  const links: Element[] = [...event.currentTarget.querySelectorAll('.row-link')]
  const at = links.indexOf(document.activeElement ?? document.body)
  const step = steps[event.key]
  if (step && at >= 0) {
    event.preventDefault()
    const link = links[step(at, links.length)] ?? document.getElementById('search')
    if (link instanceof HTMLElement) {
      link.focus()
    }
  }
}
