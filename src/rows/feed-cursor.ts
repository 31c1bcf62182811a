import { ServiceError } from '../errors.ts'
import type { FeedPosition } from './feed.ts'

// In the clear, and good for every filter: it tells nothing of a person, and a reader keeps it for years,
// so that no new password of the database may make it void.

/** With fewer digits than the types of PostgreSQL have. */
const pattern =
  /^(?<cluster>\d{1,20})\.(?<transactionId>\d{1,19})\.(?<sequence>\d{1,18})\.(?<id>[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/

export const writeCursor = ({ cluster, transactionId, sequence, id }: FeedPosition): string =>
  [cluster, transactionId, sequence, id].join('.')

/** Throws `invalid-cursor`. */
export function readCursor(cursor: string): FeedPosition {
  const groups = pattern.exec(cursor)?.groups
  if (!groups) {
    throw new ServiceError(
      'invalid-cursor',
      'This cursor is not one of this feed. Take it from the `next` link of a page, or from the header ' +
        '`Feed-Cursor` of an export, unchanged.',
    )
  }
  return groups as FeedPosition
}
