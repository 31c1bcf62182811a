import * as z from 'zod/mini'
import { problems } from './errors.ts'
import { Conditions } from './http/conditions.ts'
import { IdempotencyKey } from './http/idempotency-key.ts'
import { Health, ImportResult, reference, User, Users } from './openapi/components.ts'
import { createDocument, type Operations } from './openapi/document.ts'
import { NewUser, UserChanges, UserFilters, UserId, UserImport, UserList } from './users/schema.ts'

const ada = { name: 'Ada Lovelace', email: 'ada@example.com' }
const moments = { createdAt: '2026-11-22T09:16:49.185Z', updatedAt: '2026-11-22T09:16:49.185Z' }
const adaStored = { id: 26, ...ada, version: 1, ...moments }
const adaKing = { ...adaStored, name: 'Ada King', version: 2 }

const health = {
  status: 'ok',
  version: '0.1.0',
  versionId: '095f00a7-23a7-43b7-a227-e4c97cab5f22',
}

const json = (schema: z.ZodMiniType, example: unknown) => ({
  'application/json': { schema: reference(schema), example },
})

const text = (example: string) => ({ schema: { type: 'string' }, example })

/** `x-item-schema` is what OpenAPI 3.2 calls `itemSchema`: of one line. */
const ndjson = (schema: z.ZodMiniType, ...lines: readonly unknown[]) => ({
  ...text(lines.map((line) => `${JSON.stringify(line)}\n`).join('')),
  'x-item-schema': reference(schema),
})

const page = (mediaType: string) => ({
  [mediaType]: {
    schema: mediaType === 'application/json' ? { type: 'object' } : { type: 'string' },
  },
})

const patch = {
  schema: reference(UserChanges),
  examples: { name: { summary: 'The name alone', value: { name: 'Ada King' } } },
}

/** Where a user that an answer holds can be found, changed and deleted. */
const userLinks = Object.fromEntries(
  ['getUser', 'replaceUser', 'changeUser', 'deleteUser'].map((operationId) => [
    operationId,
    { operationId, parameters: { id: '$response.body#/id' } },
  ]),
)

const bodyProblems = ['malformed-json', 'unsupported-media-type', 'body-too-large'] as const
const writeProblems = ['validation-failed', 'database-unavailable', 'outcome-unknown'] as const
const readProblems = ['validation-failed', 'database-unavailable'] as const
const searchProblems = ['search-too-broad', 'too-many-searches'] as const

const pageHeaders = [
  'Cache-Control-Of-Pages',
  'ETag-Of-Pages',
  'Content-Security-Policy',
  'X-Content-Type-Options',
] as const
const notModified = { description: 'The client has it already, as `If-None-Match` says.' }

const jsonBody = 'The body is JSON in UTF-8, of at most 16 KiB.'
const conditional =
  '`If-Match` makes sure that nobody changed the user since it was read: a stale one is a 412.'

const operations = {
  '/users': {
    get: {
      operationId: 'listUsers',
      tags: ['users'],
      scope: 'users:read',
      summary: 'List users',
      description:
        'A page of the users. Follow the `next` link of the `Link` header for more. A list by id ' +
        'repeats nobody and misses nobody who is there throughout, whatever is written meanwhile. An ' +
        'empty table answers 404 when there is no filter; a filter that matches nobody answers an empty array. ' +
        'With `q` or `count` the database may work on it for one second.',
      query: UserList,
      answers: {
        200: {
          description: 'A page.',
          headers: ['Link', 'X-Total-Count'],
          content: json(Users, [adaStored]),
        },
      },
      problems: ['invalid-cursor', 'no-users', ...readProblems, ...searchProblems],
    },
    post: {
      operationId: 'createUser',
      tags: ['users'],
      scope: 'users:write',
      summary: 'Create a user',
      description: `${jsonBody} With an \`Idempotency-Key\` it is safe to repeat.`,
      header: [IdempotencyKey],
      body: json(NewUser, ada),
      answers: {
        201: {
          description: 'The user, created now, or by an earlier request with the same key.',
          headers: ['Location', 'ETag', 'Idempotency-Replayed'],
          content: json(User, adaStored),
          links: userLinks,
        },
      },
      problems: [...bodyProblems, 'email-taken', ...writeProblems, 'idempotency-key-reused'],
    },
  },
  '/users/{id}': {
    get: {
      operationId: 'getUser',
      tags: ['users'],
      scope: 'users:read',
      summary: 'Read a user',
      path: UserId,
      header: [Conditions],
      answers: {
        200: { description: 'The user.', headers: ['ETag'], content: json(User, adaStored) },
        304: { ...notModified, headers: ['ETag'] },
      },
      problems: ['user-not-found', 'precondition-failed', ...readProblems],
    },
    put: {
      operationId: 'replaceUser',
      tags: ['users'],
      scope: 'users:write',
      summary: 'Replace a user',
      description: `${jsonBody} ${conditional} What changes nothing does not raise the version.`,
      path: UserId,
      header: [Conditions],
      body: json(NewUser, { ...ada, name: 'Ada King' }),
      answers: {
        200: { description: 'The user now.', headers: ['ETag'], content: json(User, adaKing) },
      },
      problems: [
        ...bodyProblems,
        'user-not-found',
        'email-taken',
        'precondition-failed',
        ...writeProblems,
      ],
    },
    patch: {
      operationId: 'changeUser',
      tags: ['users'],
      scope: 'users:write',
      summary: 'Change a user',
      description: `${jsonBody} ${conditional} What is left out stays as it is.`,
      path: UserId,
      header: [Conditions],
      body: { 'application/json': patch, 'application/merge-patch+json': patch },
      answers: {
        200: { description: 'The user now.', headers: ['ETag'], content: json(User, adaKing) },
      },
      problems: [
        ...bodyProblems,
        'user-not-found',
        'email-taken',
        'precondition-failed',
        ...writeProblems,
      ],
    },
    delete: {
      operationId: 'deleteUser',
      tags: ['users'],
      scope: 'users:write',
      summary: 'Delete a user',
      description: conditional,
      path: UserId,
      header: [Conditions],
      answers: { 204: { description: 'It is gone.' } },
      problems: ['user-not-found', 'precondition-failed', ...writeProblems],
    },
  },
  '/users/import': {
    post: {
      operationId: 'importUsers',
      tags: ['users'],
      scope: 'users:export',
      summary: 'Import users',
      description:
        'At most 5,000 lines and 4 MiB, in UTF-8, all in one statement. A line that breaks a rule is ' +
        'refused alone, and so is one whose email stands above it. CSV begins with a header that ' +
        'names the columns `name` and `email`, and besides them at most `id`, `version`, `createdAt` ' +
        "and `updatedAt`, in any order; cells are trimmed, and one `'` before what may " +
        'begin a formula is taken away. A record of more than 16,384 characters is refused. A few ' +
        'imports are taken at a time: beyond them it is a 503 `busy`.',
      query: UserImport,
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
      tags: ['users'],
      scope: 'users:export',
      summary: 'Export users',
      description:
        'Every user that matches, by id, as a stream; `Accept` chooses between NDJSON, the default, ' +
        'and CSV. A failure on the way breaks the stream off, so that a cut export never looks ' +
        "whole. CSV puts a `'` before a cell that begins like a formula (`=`, `+`, `-`, `@`, also in " +
        'their full-width and small forms, the minus sign, tab or CR); import takes it away again. A ' +
        'few exports are taken at a time: beyond them it is a 503 `busy`.',
      query: UserFilters,
      answers: {
        200: {
          description: 'The users. No users are an empty body, or the header of the CSV alone.',
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
  '/livez': {
    get: {
      operationId: 'isAlive',
      tags: ['health'],
      summary: 'Is the Worker running?',
      answers: {
        200: { description: 'Yes.', content: json(Health, health) },
      },
      problems: [],
    },
  },
  '/readyz': {
    get: {
      operationId: 'isReady',
      tags: ['health'],
      summary: 'Does the database answer, and is it as this version needs it?',
      description: 'Asks the database at most once in two seconds.',
      answers: {
        200: { description: 'Yes.', content: json(Health, health) },
      },
      problems: ['rate-limited', 'database-unavailable', 'database-behind', 'database-mismatch'],
    },
  },
  '/': {
    get: {
      operationId: 'goToDocs',
      tags: ['pages'],
      summary: 'Go to the documentation',
      answers: { 302: { description: 'To `/docs`.', headers: ['Location-Of-Pages'] } },
      problems: [],
    },
  },
  '/docs': {
    get: {
      operationId: 'readDocs',
      tags: ['pages'],
      summary: 'Read and try the API',
      answers: {
        200: { description: 'A page.', headers: pageHeaders, content: page('text/html') },
        304: { ...notModified, headers: pageHeaders },
      },
      problems: ['not-found'],
    },
  },
  '/docs/{file}': {
    get: {
      operationId: 'getDocsFile',
      tags: ['pages'],
      summary: 'Get a file of that page',
      path: z.strictObject({ file: z.string() }),
      answers: {
        200: {
          description: 'The file.',
          headers: pageHeaders,
          content: {
            ...page('text/javascript'),
            ...page('text/css'),
            ...page('image/svg+xml'),
            ...page('text/plain'),
          },
        },
        304: { ...notModified, headers: pageHeaders },
      },
      problems: ['not-found'],
    },
  },
  '/openapi.json': {
    get: {
      operationId: 'getContract',
      tags: ['pages'],
      summary: 'Get this document',
      answers: {
        200: {
          description: 'OpenAPI 3.1.',
          headers: pageHeaders,
          content: page('application/json'),
        },
        304: { ...notModified, headers: pageHeaders },
      },
      problems: ['not-found'],
    },
  },
  '/problems': {
    get: {
      operationId: 'listProblems',
      tags: ['pages'],
      summary: 'List every problem',
      answers: {
        200: { description: 'A page.', headers: pageHeaders, content: page('text/html') },
        304: { ...notModified, headers: pageHeaders },
      },
      problems: ['not-found'],
    },
  },
  '/problems/{code}': {
    get: {
      operationId: 'explainProblem',
      tags: ['pages'],
      summary: 'Read what a problem means',
      path: z.strictObject({ code: z.enum(Object.keys(problems)) }),
      answers: {
        200: { description: 'A page.', headers: pageHeaders, content: page('text/html') },
        304: { ...notModified, headers: pageHeaders },
      },
      problems: ['not-found'],
    },
  },
} satisfies Operations

/**
 * The contract, made of the schemas that the routes validate with. `npm run openapi` writes it to
 * `openapi.json`; the Worker itself never reads this file.
 */
export const openapi = createDocument(
  {
    description: [
      'Every answer that is not 2xx or 3xx is a problem of RFC 9457: `application/problem+json`, ' +
        'whose `type` is for programs and whose `detail` is for people. A 422 names all faults of the ' +
        'first part of the request that has any, in the order path, query, headers, body, and never ' +
        'repeats a value.',
      'A path with a slash at its end is the path without. `HEAD` works wherever `GET` does, and ' +
        '`OPTIONS` answers 204 with `Allow`. A query parameter that is not listed, or that comes ' +
        'twice, is a 422 under `/users`. No request waits longer than ten seconds for the database.',
      'Every path under `/users` needs the header `Authorization: Bearer` with an API key or an access ' +
        'token, of at most 16,384 characters, that has the scope of the operation: 401 without, 403 when ' +
        'the scope is missing. `users:write` sees the user that it writes. All that is decided before anything else of the request is looked at, so neither tells whether a ' +
        'user exists. Who asks too much gets a 429 with `Retry-After`.',
    ].join('\n\n'),
    tags: [
      { name: 'users', description: 'The users, one by one and in bulk.' },
      { name: 'health', description: 'For probes.' },
      { name: 'pages', description: 'What people and tools read about the service.' },
    ],
  },
  operations,
)
