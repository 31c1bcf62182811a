import * as z from 'zod/mini'
import { maxLines } from '../http/line-limits.ts'
import { described } from '../openapi/components.ts'
import { ndjson, text } from '../openapi/lines.ts'
import { json, readProblems, searchProblems, writeProblems } from '../openapi/pieces.ts'
import { NewUser } from './input.ts'

const count = (description: string) =>
  z.int32().check(z.minimum(0)).register(described, { description, format: 'int32' })

const RefusedLine = z
  .strictObject({
    line: z.int32().check(z.minimum(1)).register(described, {
      description: 'The line on which the record begins, from 1.',
      format: 'int32',
    }),
    pointer: z.string().register(described, {
      description: 'JSON Pointer (RFC 6901) to the field; empty for the whole line.',
      examples: ['/email'],
    }),
    detail: z.string().register(described, { description: 'What is wrong, without the value.' }),
  })
  .register(described, { id: 'RefusedLine' })

export const ImportResult = z
  .strictObject({
    created: count('Lines that made a user.'),
    updated: count('Lines that changed a user: only with `onConflict=update`.'),
    skipped: count(
      'Lines whose email there is already; with `onConflict=update` those that change nothing.',
    ),
    refused: z.array(RefusedLine).check(z.maxLength(maxLines)).register(described, {
      description: 'Lines that break a rule, each with its first fault. Nothing of them is stored.',
    }),
  })
  .register(described, { id: 'ImportResult' })

type Examples = { User: z.ZodMiniType; ada: object; adaStored: object }

/** Taking many users in and out, told to people and programs. */
export const bulkOperations = ({ User, ada, adaStored }: Examples) =>
  ({
    '/users/import': {
      post: {
        operationId: 'importUsers',
        summary: 'Import users',
        description:
          'At most 5,000 lines and 4 MiB, in UTF-8, all in one statement. A line that breaks a rule is ' +
          'refused alone, and so is one whose email stands above it. CSV begins with a header that ' +
          'names the columns `name` and `email`, and besides them at most `id`, `version`, `createdAt` ' +
          "and `updatedAt`, in any order; cells are trimmed, and one `'` before what may " +
          'begin a formula is taken away. Rows of empty cells are blank lines, and empty cells behind ' +
          'the last column count for nothing. A record of more than 16,384 characters is refused. A few ' +
          'imports are taken at a time: beyond them it is a 503 `busy`.',
        body: {
          'application/x-ndjson': ndjson(NewUser, ada),
          'text/csv': text('name,email\r\nAda Lovelace,ada@example.com\r\n'),
        },
        answers: {
          200: {
            description: 'What became of the lines.',
            content: json(ImportResult, {
              created: 1,
              updated: 0,
              skipped: 0,
              refused: [{ line: 2, pointer: '/email', detail: 'stands on line 1 already' }],
            }),
          },
        },
        problems: [
          'malformed-json',
          'malformed-csv',
          'unsupported-media-type',
          'body-too-large',
          'busy',
          ...writeProblems,
        ],
      },
    },
    '/users/export': {
      get: {
        operationId: 'exportUsers',
        summary: 'Export users',
        description:
          'Every user that matches, by id, as a stream; `Accept` chooses between NDJSON, the default, ' +
          'and CSV. A failure on the way breaks the stream off, so that a cut export never looks ' +
          "whole. CSV puts a `'` before a cell that begins like a formula (`=`, `+`, `-`, `@`, also in " +
          'their full-width and small forms, the minus sign, tab or CR); import takes it away again. A ' +
          'few exports are taken at a time: beyond them it is a 503 `busy`.',
        answers: {
          200: {
            description: 'The users. No users are an empty body, or the header of the CSV alone.',
            headers: ['Feed-Cursor'],
            content: {
              'application/x-ndjson': ndjson(User, adaStored),
              'text/csv': text(
                'id,name,email,version,createdAt,updatedAt\r\n' +
                  `${Object.values(adaStored).join(',')}\r\n`,
              ),
            },
          },
        },
        problems: ['not-acceptable', 'busy', ...readProblems, ...searchProblems],
      },
    },
  }) as const

export const bulkParameters = {
  onConflict: {
    id: 'UsersOnConflict',
    description:
      'What to do with a line whose email there is already: leave the user as it is, or update it.',
    example: 'update',
  },
} as const
