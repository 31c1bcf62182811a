import { encodingName } from '../../../scripts/users/import/encoding.ts'
import { type Layout, separatorsName } from '../../../scripts/users/import/layout.ts'
import { formatCount } from '../format.ts'
import type { Understood } from './read-file.ts'
import { RefusedTable } from './refused-table.tsx'

/** How a file was read, with its first users, and what the service would refuse. */
export function Preview({ understood }: { understood: Understood }) {
  const { source, records, valid, examples, refused, refusals } = understood
  const { file, encoding, layout } = source

  return (
    <>
      <p class="understood" role="status">
        <strong>
          <bdi>{file.name}</bdi>
        </strong>{' '}
        is {layout ? 'CSV' : 'NDJSON'} in {encodingName(encoding)}
        {layout && `, separated by ${separatorsName(layout.separator)}`}, with{' '}
        {formatCount(records, 'record', 'records')}: {formatCount(valid, 'user', 'users')}
        {refused > 0 && `, and ${formatCount(refused, 'record', 'records')} that will be refused`}.
      </p>
      <div class="table">
        <table>
          <caption>The first users, as they were understood</caption>
          <thead>
            <tr>
              <th scope="col">
                Name{' '}
                {layout && (
                  <small>from {layout.columns.name.map(named(layout)).join(', else ')}</small>
                )}
              </th>
              <th scope="col">
                Email {layout && <small>from {named(layout)([layout.columns.email])}</small>}
              </th>
            </tr>
          </thead>
          <tbody>
            {examples.map(({ name, email }) => (
              <tr key={email}>
                <td class="col-name" dir="auto">
                  {name}
                </td>
                <td class="col-email" dir="auto">
                  {email}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {refused > 0 && (
        <RefusedTable caption="What will be refused" count={refused} refusals={refusals} />
      )}
    </>
  )
}

const named =
  ({ header }: Layout) =>
  (cells: readonly number[]) =>
    cells.map((at) => `“${header[at] ?? ''}”`).join(' + ')
