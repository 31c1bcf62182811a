import { formatCount } from '../format.ts'
import { Notice } from '../parts/notice.tsx'
import { saveFile } from '../parts/save-file.ts'
import type { Understood } from './read-file.ts'
import { RefusedTable } from './refused-table.tsx'
import { refusedFile, refusedName, type Sent } from './send-file.ts'

type Props = {
  understood: Understood
  sent: Sent
  error: unknown
  isStopped: boolean
  again: () => void
  close: () => void
}

export function Outcome({ understood: { source }, sent, error, isStopped, again, close }: Props) {
  const { created, updated, skipped, refusals, lastLine } = sent
  const isWhole = error === undefined && !isStopped
  const { name } = source.file

  return (
    <>
      {error !== undefined && <Notice error={error} />}
      <p class="understood" role="status">
        <strong>
          {isWhole ? 'Imported' : 'Stopped'} <bdi>{name}</bdi>
        </strong>
        : {formatCount(created, 'user', 'users')} created, {updated} updated, {skipped} skipped,{' '}
        {refusals.length} refused.
        {!isWhole &&
          ` That is all up to line ${lastLine}. Import the file again to go on: whoever is there is skipped.`}
      </p>
      {refusals.length > 0 && (
        <>
          <RefusedTable caption="What was refused" count={refusals.length} refusals={refusals} />
          <p class="hint">
            The refused records make a file of their own, with the same columns: mend it, and import
            it.
          </p>
        </>
      )}
      <footer class="bar">
        {refusals.length > 0 && (
          <button
            type="button"
            onClick={() => saveFile(refusedName(name), [refusedFile(source, sent)], 'text/plain')}
          >
            Save the refused records
          </button>
        )}
        <button type="button" onClick={again}>
          Another file
        </button>
        <button type="button" class="primary" onClick={close}>
          Done
        </button>
      </footer>
    </>
  )
}
