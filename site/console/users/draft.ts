import type { UserChanges } from '../../../src/client.ts'

/** What is typed of a user. */
export type Draft = { name: string; email: string }

export const draftOf = ({ name, email }: Draft): Draft => ({ name, email })

/** Only what differs is sent: what somebody else changes meanwhile beside it stays. */
export function changesOf(user: Draft, draft: Draft): UserChanges {
  return {
    ...(draft.name !== user.name && { name: draft.name }),
    ...(draft.email !== user.email && { email: draft.email }),
  }
}

export const isSame = (user: Draft, draft: Draft): boolean =>
  Object.keys(changesOf(user, draft)).length === 0
