import { useState } from 'preact/hooks'

/** A file is chosen or dropped. */
export function ChooseFile({ choose }: { choose: (file: File) => void }) {
  const [isOver, setIsOver] = useState(false)

  return (
    <fieldset
      class={`drop ${isOver ? 'is-over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault()
        setIsOver(true)
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setIsOver(false)
        const [file] = event.dataTransfer?.files ?? []
        if (file) {
          choose(file)
        }
      }}
    >
      <legend class="unseen">The file</legend>
      <label for="import-file">Choose a file, or drop it here</label>
      <input
        id="import-file"
        type="file"
        accept=".csv,.tsv,.tab,.txt,.ndjson,.jsonl"
        aria-describedby="import-hint"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? []
          if (file) {
            choose(file)
          }
        }}
      />
      <p class="hint" id="import-hint">
        CSV as Excel, Google, Entra, Okta or Mailchimp write it, or NDJSON. You see what was
        understood before anything is sent.
      </p>
    </fieldset>
  )
}
