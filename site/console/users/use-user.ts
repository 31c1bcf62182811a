import { useEffect, useState } from 'preact/hooks'
import type { User } from '../../../src/client.ts'
import { codeOf } from '../failure.ts'
import type { Session } from '../session.ts'
import { changesOf, type Draft, draftOf, isSame } from './draft.ts'

/** Somebody else was faster: what they made of the user, or that they deleted it. */
export type Conflict = { theirs: User | undefined }

type Options = {
  session: Session
  id: number
  /** What the list has of it. */
  row: User | undefined
  onChanged: (user: User) => void
  onFailure: (error: unknown) => void
}

type State = {
  user: User | undefined
  draft: Draft | undefined
  isSaving: boolean
  error: unknown
  conflict: Conflict | undefined
}

/** A user who is edited. A version that was not seen is never written over without being asked for. */
export function useUser({ session, id, row, onChanged, onFailure }: Options) {
  const [state, setState] = useState<State>({
    user: row,
    draft: row && draftOf(row),
    isSaving: false,
    error: undefined,
    conflict: undefined,
  })
  const { users } = session.client
  const set = (part: Partial<State>) => setState((before) => ({ ...before, ...part }))

  const take = (user: User) => {
    set({ user, draft: draftOf(user), error: undefined, conflict: undefined, isSaving: false })
    onChanged(user)
  }
  const fail = (error: unknown) => {
    onFailure(error)
    set({ error, isSaving: false })
  }

  useEffect(() => {
    if (!session.may('users:read')) {
      return
    }
    const controller = new AbortController()
    users.get(id, { signal: controller.signal }).then(
      (user) =>
        setState((before) => {
          const isEdited = before.user && before.draft && !isSame(before.user, before.draft)
          return isEdited ? before : { ...before, user, draft: draftOf(user) }
        }),
      (error: unknown) => controller.signal.aborted || fail(error),
    )
    return () => controller.abort()
  }, [])

  /** After a 412, and after an answer that was lost: what is there now? */
  async function compare(draft: Draft, known: User): Promise<boolean> {
    try {
      const now = await users.get(id)
      if (isSame(now, draft)) {
        take(now)
        return true
      }
      const isOurs = now.version === known.version
      set({ conflict: isOurs ? undefined : { theirs: now }, error: undefined, isSaving: false })
    } catch (error) {
      if (codeOf(error) === 'user-not-found') {
        set({ conflict: { theirs: undefined }, error: undefined, isSaving: false })
      } else {
        fail(error)
      }
    }
    return false
  }

  /** Whether it is saved. */
  async function save(known: User, draft: Draft): Promise<boolean> {
    set({ isSaving: true, error: undefined })
    try {
      take(await users.change(id, changesOf(known, draft), { ifMatch: known.version }))
      return true
    } catch (error) {
      if (['precondition-failed', 'user-not-found'].includes(codeOf(error) ?? '')) {
        return compare(draft, known)
      }
      fail(error)
      return false
    }
  }

  return {
    ...state,
    change: (part: Partial<Draft>) =>
      setState((before) => ({ ...before, draft: before.draft && { ...before.draft, ...part } })),
    revert: () =>
      state.user && set({ draft: draftOf(state.user), error: undefined, conflict: undefined }),
    save,
    compare,
    take,
    fail,
    dismiss: () => set({ error: undefined }),
  }
}
