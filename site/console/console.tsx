import { useCallback, useEffect, useState } from 'preact/hooks'
import { codeOf } from './failure.ts'
import { Notice } from './parts/notice.tsx'
import { openSession, type Session } from './session.ts'
import { SignIn } from './sign-in.tsx'
import { Workplace } from './workplace.tsx'

type Access =
  | { state: 'opening' }
  | { state: 'locked'; error?: unknown }
  | { state: 'failed'; error: unknown }
  | { state: 'open'; session: Session }

/** Asks for a key where one is needed, and is the workplace behind it. */
export function Console() {
  const [access, setAccess] = useState<Access>({ state: 'opening' })

  const enter = useCallback(async (key?: string) => {
    try {
      setAccess({ state: 'open', session: await openSession(location.origin, key) })
    } catch (error) {
      const isLocked = key !== undefined || codeOf(error) === 'unauthenticated'
      const locked: Access = key === undefined ? { state: 'locked' } : { state: 'locked', error }
      setAccess(isLocked ? locked : { state: 'failed', error })
    }
  }, [])

  useEffect(() => void enter(), [])

  switch (access.state) {
    case 'opening':
      return <main class="alone" aria-busy="true" />
    case 'locked':
      return <SignIn error={access.error} enter={enter} />
    case 'failed':
      return (
        <main class="alone">
          <h1>The console cannot begin</h1>
          <Notice error={access.error} retry={() => void enter()} />
        </main>
      )
    case 'open':
      return (
        <Workplace
          session={access.session}
          leave={(error) => setAccess({ state: 'locked', error })}
        />
      )
  }
}
