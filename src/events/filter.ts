import { and, sql } from 'drizzle-orm'
import type { EventKind } from '../rows/events.ts'
import type { Filter } from '../rows/list.ts'
import { userEvents } from '../users/table.ts'
import type { EventFeed } from './input.ts'

type Filters = Pick<EventFeed, 'userId' | 'caller'> & { kind?: EventKind | undefined }

/** Undefined when nothing is filtered. */
export function filterOf({ kind, userId, caller }: Filters): Filter | undefined {
  if (kind === undefined && userId === undefined && caller === undefined) {
    return undefined
  }
  const [hasUser, hasCaller] = [userId !== undefined, caller !== undefined]
  const { userId: row, caller: by } = userEvents
  return {
    form: `${kind} ${hasUser} ${hasCaller}`,
    condition: () =>
      and(
        // As a literal, so that the index of the erasures is used.
        kind && sql`${userEvents.kind} = ${sql.raw(`'${kind}'`)}`,
        hasUser ? sql`${row} = ${sql.placeholder('userId')}` : undefined,
        hasCaller ? sql`${by} = ${sql.placeholder('caller')}` : undefined,
      ),
    values: { userId, caller },
    // A user has few events, and few are erasures. All others may stand anywhere among all events.
    isCostly: !hasUser && kind !== 'erase',
    isFirst: hasUser,
  }
}
