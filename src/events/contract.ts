import * as z from 'zod/mini'
import { described, moment } from '../openapi/components.ts'
import type { Contract } from '../openapi/document.ts'
import { enumNames } from '../openapi/enum-names.ts'
import { id } from '../openapi/fields.ts'
import { json, piecesOf, readProblems, searchProblems } from '../openapi/pieces.ts'
import { eventKinds } from './input.ts'
import { eventRows } from './rows.ts'

const EventKind = z.enum(eventKinds).register(described, {
  id: 'EventKind',
  description: 'What happened to the user.',
  ...enumNames(eventKinds),
})

const event = piecesOf(eventRows, {
  name: 'Event',
  description: 'One write of a user. It holds no personal data, and stays when the user is erased.',
  fields: {
    id: z.string().register(described, {
      description: 'Of the event. No two have the same.',
      format: 'uuid',
      examples: ['0f8fad5b-d9cb-469f-a165-70867728950e'],
    }),
    kind: EventKind,
    userId: id(),
    version: z
      .int32()
      .check(z.minimum(1))
      .register(described, {
        format: 'int32',
        description:
          'Of the user, after what happened. A deletion and an erasure leave it as it was.',
        examples: [2],
      }),
    at: moment('When it happened, in UTC.'),
    caller: z.string().register(described, {
      description:
        'Who did it, as the log names them: `key:` and the name of the key, `sub:` and a digest of the ' +
        'subject of the token, `anyone`, or `service` for what the service does by itself.',
      examples: ['key:support'],
    }),
    requestId: z.nullable(
      z
        .string()
        .register(described, { description: 'Of the request, as in the log.', format: 'uuid' }),
    ),
    fields: z.array(z.string()).register(described, {
      description:
        'The names of the fields that changed. Their values are nowhere but in the user.',
      examples: [['name']],
    }),
  },
  example: {
    id: '0f8fad5b-d9cb-469f-a165-70867728950e',
    kind: 'change',
    userId: 26,
    version: 2,
    at: '2026-11-22T09:16:49.185Z',
    caller: 'key:support',
    requestId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
    fields: ['name'],
  },
})

/** What happened to users, told to people and programs. */
export const contract = {
  tag: { name: 'events', description: 'What happened to the users, and who did it.' },
  operations: {
    '/events': {
      get: {
        operationId: 'readEvents',
        summary: 'Read the feed of events',
        description:
          'What happened to all users, oldest first. The `next` link is there on the last page too: ' +
          'that is where to go on later, and the answer is an empty array until something happens. ' +
          'Whoever keeps the `cursor` misses no event and gets none twice, even when writes that ran ' +
          'at the same time end in another order. An event appears when every transaction that began ' +
          'to write before it has ended. The cursor is good for any filter. After a restore of the ' +
          'database it is a 410 `feed-restarted`. With `kind` or `caller` the database may work on it ' +
          'for one second, except for the kind `erase`.',
        answers: {
          200: {
            description: 'A page. One that is not full reaches to the end of the feed.',
            headers: ['Link-Of-Feeds'],
            content: json(event.page, [event.example]),
          },
        },
        problems: ['invalid-cursor', 'feed-restarted', ...readProblems, ...searchProblems],
      },
    },
    '/users/{id}/history': {
      get: {
        operationId: 'listHistory',
        summary: 'List what happened to a user',
        description:
          'Newest first. It is there for users who are deleted or erased, too. Nothing that happened ' +
          'before the service kept events is in it.',
        ...event.listing(['user-not-found']),
      },
    },
  },
  parameters: {
    cursor: {
      description:
        'Where the page begins: from the `next` link of the page before it, or of `/events` from the header ' +
        '`Feed-Cursor` of an export, unchanged.',
    },
    kind: { description: 'Only what was done in this way.', example: 'erase' },
    userId: {
      description: 'Only what happened to this user.',
      example: 26,
      schema: { format: 'int64' },
    },
    caller: { description: 'Only what this caller did.', example: 'key:support' },
    since: {
      description: 'Only what happened from this moment on. In a URL, write `%2B` for a plus.',
      example: '2026-11-22T09:16:49Z',
      schema: { format: 'date-time' },
    },
    sort: {
      description: 'By the version of the user, and so by time; descending after a minus.',
      example: 'version',
    },
  },
} as const satisfies Contract
