import { useState } from 'preact/hooks'
import type { User } from '../../../src/client.ts'
import { type FieldFaults, fieldFaultsOf } from '../failure.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import { Notice } from '../parts/notice.tsx'
import type { Session } from '../session.ts'

type Props = {
  session: Session
  close: () => void
  onCreated: (user: User) => void
  onFailure: (error: unknown) => void
}

export function CreateDialog({ session, close, onCreated, onFailure }: Props) {
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [error, setError] = useState<unknown>()
  const [isSaving, setIsSaving] = useState(false)
  // Of the dialog: pressed again after a lost answer, the button creates no second user.
  const [idempotencyKey, setIdempotencyKey] = useState(() => crypto.randomUUID())
  const faults: FieldFaults = fieldFaultsOf(error)

  const submit = async (event: Event) => {
    event.preventDefault()
    if (isSaving) {
      return
    }
    setIsSaving(true)
    setError(undefined)
    try {
      onCreated(await session.client.users.create({ name, email }, { idempotencyKey }))
    } catch (failure) {
      onFailure(failure)
      setError(failure)
      setIsSaving(false)
    }
  }
  const change = (set: (value: string) => void) => (value: string) => {
    set(value)
    // Another body is another request.
    setIdempotencyKey(crypto.randomUUID())
  }

  return (
    <Dialog title="New user" close={close}>
      <form class="stack" onSubmit={(event) => void submit(event)}>
        {error !== undefined && Object.keys(faults).length === 0 && <Notice error={error} />}
        <Field
          id="new-name"
          label="Name"
          value={name}
          fault={faults['name']}
          change={change(setName)}
        />
        <Field
          id="new-email"
          label="Email"
          type="email"
          value={email}
          fault={faults['email']}
          change={change(setEmail)}
        />
        <footer class="bar">
          <button type="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={isSaving}>
            {isSaving ? 'Creating…' : 'Create user'}
          </button>
        </footer>
      </form>
    </Dialog>
  )
}
