import * as z from 'zod/mini'
import { id, queryMoment, queryText } from '../fields.ts'
import { paging } from '../paging.ts'

export const eventKinds = [
  'create',
  'replace',
  'change',
  'delete',
  'restore',
  'erase',
  'import',
] as const

const { limit, cursor } = paging(['id'])

export const EventFeed = z.strictObject({
  limit,
  cursor,
  kind: z.optional(z.enum(eventKinds, { error: `must be one of ${eventKinds.join(', ')}` })),
  userId: z.optional(id()),
  /** As the log names it. */
  caller: z.optional(
    queryText().check(z.regex(/^[\x21-\x7e]{1,100}$/, { error: 'must be as an event names it' })),
  ),
  since: z.optional(queryMoment()),
})
export type EventFeed = z.infer<typeof EventFeed>

export const HistoryOf = z.strictObject({ id: id() })

export const History = z.strictObject(paging(['-version', 'version']))
