import { useEffect, useState } from 'preact/hooks'
import { describeFailure } from '../failure.ts'
import { formatCount } from '../format.ts'
import type { Session } from '../session.ts'

type Props = { session: Session; q: string | undefined; onFailure: (error: unknown) => void }

type Count = { state: 'none' | 'counting' } | { state: 'counted'; text: string }

/** On demand, because a count reads the whole table. */
export function Total({ session, q, onFailure }: Props) {
  const [count, setCount] = useState<Count>({ state: 'none' })
  const [running, setRunning] = useState<AbortController>()

  useEffect(() => {
    setCount({ state: 'none' })
    return () => running?.abort()
  }, [q])

  const ask = async () => {
    const controller = new AbortController()
    const { signal } = controller
    setRunning(controller)
    setCount({ state: 'counting' })
    try {
      const { total } = await session.client.users.page({ limit: 1, count: 'exact', q, signal })
      if (!signal.aborted) {
        const what = q === undefined ? ' in all' : ' found in all'
        setCount({ state: 'counted', text: formatCount(total ?? 0, 'user', 'users') + what })
      }
    } catch (error) {
      if (!signal.aborted) {
        onFailure(error)
        const { title, text } = describeFailure(error)
        setCount({ state: 'counted', text: `${title}. ${text}` })
      }
    }
  }

  return (
    <p class="total" aria-live="polite">
      {count.state === 'counted' ? (
        count.text
      ) : (
        <button
          type="button"
          class="quiet end"
          onClick={() => void ask()}
          disabled={count.state === 'counting'}
        >
          {count.state === 'counting' ? 'Counting…' : 'Count all'}
        </button>
      )}
    </p>
  )
}
