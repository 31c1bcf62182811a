import { useState } from 'preact/hooks'
import { Notice } from './parts/notice.tsx'
import { readKey } from './session.ts'

type Props = { error: unknown; enter: (key: string) => Promise<void> }

export function SignIn({ error, enter }: Props) {
  const [key, setKey] = useState('')
  const [isEntering, setIsEntering] = useState(false)

  const submit = async (event: Event) => {
    event.preventDefault()
    if (readKey(key) === '') {
      return
    }
    setIsEntering(true)
    await enter(readKey(key))
    setIsEntering(false)
  }

  return (
    <main class="alone">
      <p class="wordmark">edge-users</p>
      <h1>Who are you?</h1>
      {error !== undefined && <Notice error={error} />}
      <form class="stack" onSubmit={(event) => void submit(event)}>
        <div class="field">
          <label for="key">API key or access token</label>
          <input
            id="key"
            type="password"
            value={key}
            onInput={({ currentTarget }) => setKey(currentTarget.value)}
            autocomplete="off"
            spellcheck={false}
            aria-describedby="key-hint"
            ref={(input) =>
              void (key === '' && document.activeElement === document.body && input?.focus())
            }
          />
          <p class="hint" id="key-hint">
            It stays in the memory of this tab, and is gone when you close or reload it. What it
            does not allow, the console does not show.
          </p>
        </div>
        <button class="primary" type="submit" disabled={isEntering}>
          {isEntering ? 'One moment…' : 'Continue'}
        </button>
      </form>
    </main>
  )
}
