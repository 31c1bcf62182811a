import type { FunctionComponent } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { ImportDialogProps } from '../import/import-dialog.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Notice } from '../parts/notice.tsx'

/** What reads files is as large as all the rest, and few need it. */
export function LazyImportDialog(props: ImportDialogProps) {
  const [Loaded, setLoaded] = useState<FunctionComponent<ImportDialogProps>>()
  const [error, setError] = useState<unknown>()

  useEffect(() => {
    import('../import/import-dialog.tsx').then(
      ({ ImportDialog }) => setLoaded(() => ImportDialog),
      setError,
    )
  }, [])

  if (Loaded) {
    return <Loaded {...props} />
  }
  return error === undefined ? null : (
    <Dialog title="Import users" close={props.close}>
      <Notice error={error} />
    </Dialog>
  )
}
