import { useEffect, useRef, useState } from 'preact/hooks'
import type { MediaType } from '../../../src/client.ts'
import { formatBytes } from '../format.ts'
import { chunksOf } from '../parts/chunks.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Notice } from '../parts/notice.tsx'
import { saveFile } from '../parts/save-file.ts'
import type { Session } from '../session.ts'

type Props = { session: Session; q: string | undefined; close: () => void }

type State =
  | { state: 'idle' | 'done' }
  | { state: 'running'; bytes: number }
  | { state: 'failed'; error: unknown }

const formats: readonly { mediaType: MediaType; ending: string; label: string; hint: string }[] = [
  { mediaType: 'text/csv', ending: 'csv', label: 'CSV', hint: 'for spreadsheets' },
  {
    mediaType: 'application/x-ndjson',
    ending: 'ndjson',
    label: 'NDJSON',
    hint: 'for programs: a JSON object a line',
  },
]

/** A file is saved when it is whole: an export that breaks off leaves none. */
export function ExportDialog({ session, q, close }: Props) {
  const [mediaType, setMediaType] = useState<MediaType>('text/csv')
  const [isAll, setIsAll] = useState(q === undefined)
  const [state, setState] = useState<State>({ state: 'idle' })
  const running = useRef<AbortController>(undefined)

  useEffect(() => () => running.current?.abort(), [])

  const run = async () => {
    const controller = new AbortController()
    const { signal } = controller
    running.current = controller
    setState({ state: 'running', bytes: 0 })
    try {
      const parts: Uint8Array<ArrayBuffer>[] = []
      let bytes = 0
      const stream = await session.bulk.users.export({ mediaType, signal, ...(!isAll && { q }) })
      for await (const part of chunksOf(stream)) {
        parts.push(part)
        bytes += part.length
        setState({ state: 'running', bytes })
      }
      const day = new Date().toISOString().slice(0, 10)
      const ending = formats.find((each) => each.mediaType === mediaType)?.ending
      saveFile(`users-${day}.${ending}`, parts, mediaType)
      setState({ state: 'done' })
    } catch (error) {
      setState(signal.aborted ? { state: 'idle' } : { state: 'failed', error })
    }
  }
  const isRunning = state.state === 'running'

  return (
    <Dialog title="Export users" close={close}>
      <div class="stack">
        <fieldset disabled={isRunning}>
          <legend>Format</legend>
          {formats.map(({ mediaType: each, label, hint }) => (
            <label key={each} class="choice">
              <input
                type="radio"
                name="format"
                checked={each === mediaType}
                onChange={() => setMediaType(each)}
              />
              <span>
                {label} <small>{hint}</small>
              </span>
            </label>
          ))}
        </fieldset>
        {q !== undefined && (
          <fieldset disabled={isRunning}>
            <legend>Which</legend>
            <label class="choice">
              <input type="radio" name="which" checked={!isAll} onChange={() => setIsAll(false)} />
              <span>
                Those with “<bdi>{q}</bdi>” in the name or the email
              </span>
            </label>
            <label class="choice">
              <input type="radio" name="which" checked={isAll} onChange={() => setIsAll(true)} />
              <span>All users</span>
            </label>
          </fieldset>
        )}
        {state.state === 'failed' && <Notice error={state.error} />}
        <p class="hint" role="status">
          {isRunning && `${formatBytes(state.bytes)} so far…`}
          {state.state === 'done' && 'Saved among your downloads.'}
        </p>
        <footer class="bar">
          <button type="button" onClick={() => (isRunning ? running.current?.abort() : close())}>
            {isRunning ? 'Stop' : 'Close'}
          </button>
          <button type="button" class="primary" disabled={isRunning} onClick={() => void run()}>
            Export
          </button>
        </footer>
      </div>
    </Dialog>
  )
}
