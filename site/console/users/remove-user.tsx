import { useEffect, useRef, useState } from 'preact/hooks'
import type { User } from '../../../src/client.ts'
import { codeOf } from '../failure.ts'
import type { Session } from '../session.ts'

type Props = {
  session: Session
  user: User
  edit: { take: (user: User) => void; fail: (error: unknown) => void }
  onRemoved: (user: User, restore: (() => Promise<User>) | undefined) => void
}

type Step = 'none' | 'delete' | 'erase'

/** Asks once: a service may be set to keep nothing of what is deleted. */
export function RemoveUser({ session, user, edit, onRemoved }: Props) {
  const [step, setStep] = useState<Step>('none')
  const [isKept, setIsKept] = useState(false)
  const [isRemoving, setIsRemoving] = useState(false)
  const confirm = useRef<HTMLButtonElement>(null)
  const begin = useRef<HTMLButtonElement>(null)
  const { users } = session.client

  useEffect(() => {
    if (step !== 'none') {
      confirm.current?.focus()
    } else if (isKept) {
      begin.current?.focus()
      setIsKept(false)
    }
  }, [step])

  const keep = () => {
    setStep('none')
    setIsKept(true)
  }
  const remove = async () => {
    setIsRemoving(true)
    const { id, version } = user
    try {
      if (step === 'erase') {
        await users.remove(id, { ifMatch: version, erase: true })
        onRemoved(user, undefined)
      } else {
        await users.remove(id, { ifMatch: version })
        onRemoved(user, () => users.restore(id))
      }
    } catch (error) {
      // What is deleted must be what was seen.
      if (codeOf(error) === 'precondition-failed') {
        await users.get(id).then(edit.take, () => {})
      }
      edit.fail(error)
      setStep('none')
      setIsRemoving(false)
    }
  }

  if (step === 'none') {
    return (
      <div class="buttons remove">
        <button type="button" class="danger" ref={begin} onClick={() => setStep('delete')}>
          Delete…
        </button>
        {session.may('users:erase') && (
          <button type="button" class="danger" onClick={() => setStep('erase')}>
            Erase for good…
          </button>
        )}
      </div>
    )
  }
  return (
    <fieldset
      class="notice bad"
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.preventDefault()
          keep()
        }
      }}
    >
      <legend>
        {step === 'erase' ? 'Erase' : 'Delete'} <bdi>{user.name}</bdi>?{' '}
        {step === 'erase'
          ? 'Nothing brings an erased user back. What was done to it stays in the events, without its name and email.'
          : 'The email becomes free at once. You can take it back for as long as the service keeps who was deleted.'}
      </legend>
      <div class="buttons">
        <button
          type="button"
          class="danger solid"
          ref={confirm}
          disabled={isRemoving}
          onClick={() => void remove()}
        >
          {step === 'erase' ? 'Erase' : 'Delete'}
        </button>
        <button type="button" onClick={keep}>
          Keep
        </button>
      </div>
    </fieldset>
  )
}
