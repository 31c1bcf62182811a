import './without-eval.ts'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { SourceFile } from '../../../scripts/users/import/encoding.ts'
import { formatCount } from '../format.ts'
import { chunksOf } from '../parts/chunks.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Notice } from '../parts/notice.tsx'
import type { Session } from '../session.ts'
import { ChoiceFields } from './choice-fields.tsx'
import { ChooseFile } from './choose-file.tsx'
import { Outcome } from './outcome.tsx'
import { Preview } from './preview.tsx'
import {
  type Choices,
  headerOf,
  noChoices,
  reasonOf,
  type Understood,
  understand,
} from './read-file.ts'
import { nothingSent, type Sent, sendFile } from './send-file.ts'

export type ImportDialogProps = { session: Session; close: () => void; onImported: () => void }

type Step =
  | { step: 'choose'; error?: unknown }
  | { step: 'reading' }
  | { step: 'unclear'; reason: string; header: readonly string[] }
  | { step: 'ready'; understood: Understood }
  | { step: 'sending'; understood: Understood; sent: Sent }
  | { step: 'over'; understood: Understood; sent: Sent; error?: unknown; isStopped?: boolean }

type Chosen = SourceFile & { size: number }

export function ImportDialog({ session, close, onImported }: ImportDialogProps) {
  const [file, setFile] = useState<Chosen>()
  const [choices, setChoices] = useState<Choices>(noChoices)
  const [onConflict, setOnConflict] = useState<'skip' | 'update'>('skip')
  const [step, setStep] = useState<Step>({ step: 'choose' })
  const running = useRef(new AbortController())

  useEffect(() => () => running.current.abort(), [])

  const begin = () => {
    running.current.abort()
    running.current = new AbortController()
    return running.current.signal
  }

  const read = async (chosen: Chosen, wanted: Choices) => {
    const signal = begin()
    setFile(chosen)
    setChoices(wanted)
    setStep({ step: 'reading' })
    try {
      const understood = await understand(chosen, wanted, signal)
      if (!signal.aborted) {
        setStep({ step: 'ready', understood })
      }
    } catch (error) {
      const reason = reasonOf(error)
      const header = reason === undefined ? [] : await headerOf(chosen, wanted)
      if (!signal.aborted) {
        setStep(
          reason === undefined ? { step: 'choose', error } : { step: 'unclear', reason, header },
        )
      }
    }
  }

  const send = async (understood: Understood) => {
    const signal = begin()
    let sent = nothingSent
    const show = (latest: Sent) => {
      sent = latest
      setStep({ step: 'sending', understood, sent })
    }
    show(sent)
    try {
      await sendFile({ source: understood.source, client: session.bulk, onConflict, signal, show })
      setStep({ step: 'over', understood, sent })
    } catch (error) {
      const over = { step: 'over', understood, sent } as const
      setStep(signal.aborted ? { ...over, isStopped: true } : { ...over, error })
    }
    onImported()
  }

  const choose = ({ name, size, stream }: Pick<File, 'name' | 'size' | 'stream'>, chosen: File) =>
    void read({ name, size, chunks: () => chunksOf(stream.call(chosen)) }, noChoices)
  // Escape stops an import that runs, and shows what became of it.
  const stop = () => running.current.abort()
  const startAgain = () => {
    begin()
    setStep({ step: 'choose' })
  }

  return (
    <Dialog title="Import users" close={step.step === 'sending' ? stop : close} isWide>
      <div class="stack">
        {step.step === 'choose' && (
          <>
            {step.error !== undefined && <Notice error={step.error} />}
            <ChooseFile choose={(chosen) => choose(chosen, chosen)} />
          </>
        )}
        {step.step === 'reading' && <p role="status">Reading {file?.name}…</p>}
        {step.step === 'unclear' && file && (
          <>
            <div class="notice" role="alert">
              <div class="notice-text">
                <strong>It is not clear how to read this file.</strong> <span>{step.reason}</span>
              </div>
            </div>
            <ChoiceFields
              header={step.header}
              choices={choices}
              change={(wanted) => void read(file, wanted)}
            />
            <footer class="bar">
              <button type="button" onClick={startAgain}>
                Another file
              </button>
            </footer>
          </>
        )}
        {step.step === 'ready' && file && (
          <>
            <Preview understood={step.understood} />
            {step.understood.source.layout && (
              <details>
                <summary>Read it otherwise</summary>
                <ChoiceFields
                  header={step.understood.header}
                  choices={choices}
                  change={(wanted) => void read(file, wanted)}
                />
              </details>
            )}
            <fieldset>
              <legend>When a user has the email already</legend>
              {(['skip', 'update'] as const).map((each) => (
                <label key={each} class="choice">
                  <input
                    type="radio"
                    name="on-conflict"
                    checked={onConflict === each}
                    onChange={() => setOnConflict(each)}
                  />
                  <span>
                    {each === 'skip'
                      ? 'leave that user as it is'
                      : 'give that user the name in the file'}
                  </span>
                </label>
              ))}
            </fieldset>
            <footer class="bar">
              <button type="button" onClick={startAgain}>
                Another file
              </button>
              <button
                type="button"
                class="primary"
                disabled={step.understood.valid === 0}
                onClick={() => void send(step.understood)}
              >
                Import {formatCount(step.understood.valid, 'user', 'users')}
              </button>
            </footer>
          </>
        )}
        {step.step === 'sending' && (
          <>
            <label class="progress">
              <span>
                Importing: up to line {step.sent.lastLine}, {step.sent.created} created,{' '}
                {step.sent.updated} updated, {step.sent.skipped} skipped
              </span>
              <progress value={step.sent.bytes} max={file?.size ?? 1} />
            </label>
            <footer class="bar">
              <button type="button" onClick={stop}>
                Stop
              </button>
            </footer>
          </>
        )}
        {step.step === 'over' && (
          <Outcome
            understood={step.understood}
            sent={step.sent}
            error={step.error}
            isStopped={step.isStopped === true}
            again={startAgain}
            close={close}
          />
        )}
      </div>
    </Dialog>
  )
}
