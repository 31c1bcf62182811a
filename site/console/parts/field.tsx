import type { Ref } from 'preact'

type Props = {
  id: string
  label: string
  value: string
  type?: 'text' | 'email'
  fault?: string | undefined
  isReadOnly?: boolean
  change: (value: string) => void
  inputRef?: Ref<HTMLInputElement>
}

/** What is typed decides in which direction it runs. */
export function Field({
  id,
  label,
  value,
  type = 'text',
  fault,
  isReadOnly = false,
  change,
  inputRef,
}: Props) {
  const faultId = `${id}-fault`

  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        ref={inputRef ?? null}
        // Not `email`: the browser would judge by other rules than the service.
        type="text"
        inputMode={type}
        dir="auto"
        value={value}
        readOnly={isReadOnly}
        autocomplete="off"
        spellcheck={false}
        aria-invalid={fault !== undefined}
        aria-describedby={fault === undefined ? undefined : faultId}
        onInput={({ currentTarget }) => change(currentTarget.value)}
      />
      {fault !== undefined && (
        <p class="fault" id={faultId}>
          {fault}
        </p>
      )}
    </div>
  )
}
