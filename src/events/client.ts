import type { InferRequestType } from 'hono/client'
import { hasFields, readPage } from '../client/answers.ts'
import { at, queryOf } from '../client/calls.ts'
import type { Api, Connection, Paged } from '../client/types.ts'
import type { Event } from './rows.ts'

type Feed = Api['events']
type History = Api['users'][':id']['history']

export type { Event }
export type FeedOptions = Paged<InferRequestType<Feed['$get']>['query']>
export type HistoryOptions = Paged<InferRequestType<History['$get']>['query']>

export type FeedPage = {
  events: Event[]
  /** The `cursor` to go on with, also behind the last event. */
  next: string
}

export type HistoryPage = {
  events: Event[]
  /** The `cursor` of the next page; none on the last. */
  next: string | undefined
  /** Of all pages, when `count` asked for it. */
  total: number | undefined
}

const isEvent = hasFields<Event>({
  id: 'string',
  kind: 'string',
  userId: 'number',
  version: 'number',
  at: 'string',
  caller: 'string',
  requestId: ['string', 'null'],
  fields: 'object',
})

const read = readPage(isEvent)

/** The calls about what happened to users. */
export function eventsClient({ call, api: { events, users } }: Connection) {
  const page = (options: FeedOptions = {}): Promise<FeedPage> =>
    call(
      true,
      options,
      (init) => events.$get({ query: queryOf(options) }, init),
      async (answer) => {
        const { rows, next } = await read(answer)
        if (next === undefined) {
          throw new TypeError('A page of the feed has no link to go on with.')
        }
        return { events: rows, next }
      },
    )

  return {
    /** One page of the feed, oldest first. It is empty when nothing has happened since. */
    page,

    /** One page of what happened to a user, newest first. */
    history: (userId: number, options: HistoryOptions = {}): Promise<HistoryPage> =>
      call(
        true,
        options,
        (init) => users[':id'].history.$get({ ...at(userId), query: queryOf(options) }, init),
        async (answer) => {
          const { rows, ...rest } = await read(answer)
          return { events: rows, ...rest }
        },
      ),
  }
}
