import { rowsOf, type Seen } from '../rows/rows.ts'
import { userRows } from '../users/rows.ts'
import { userEvents } from '../users/table.ts'

/** The events of users. */
export const eventRows = rowsOf(userEvents, {
  fields: ['id', 'kind', 'userId', 'version', 'at', 'caller', 'requestId', 'fields'],
  key: ['sequence'],
  noun: 'event',
  notFound: userRows.notFound,
})

export { userEvents }

export type Event = Seen<typeof eventRows>
