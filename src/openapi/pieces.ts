import * as z from 'zod/mini'
import { maxPageRows } from '../paging.ts'
import type { ProblemCode } from '../problem-statuses.ts'
import { scopes } from '../resources.ts'
import { conflictCodes } from '../rows/conflict-codes.ts'
import type { Rows } from '../rows/rows.ts'
import type { ProblemText } from './common-problem-texts.ts'
import { described, reference } from './components.ts'
import { enumNames } from './enum-names.ts'

// What the contracts of several resources say alike.

export const json = (schema: z.ZodMiniType, example: unknown) => ({
  'application/json': { schema: reference(schema), example },
})

export const Scope = z.enum(scopes).register(described, {
  id: 'Scope',
  description: 'What a credential allows.',
  ...enumNames(scopes),
})

const bodyProblems = ['malformed-json', 'unsupported-media-type', 'body-too-large'] as const
export const writeProblems = [
  'validation-failed',
  'database-unavailable',
  'outcome-unknown',
] as const
export const readProblems = ['validation-failed', 'database-unavailable'] as const
export const searchProblems = ['search-too-broad', 'too-many-searches'] as const

const jsonBody = 'The body is JSON in UTF-8, of at most 16 KiB.'
const conditional =
  '`If-Match` makes sure that nobody changed it since it was read: a stale one is a 412.'

export const notModified = { description: 'The client has it already, as `If-None-Match` says.' }

type Codes = readonly ProblemCode[]

type Told<Seen> = {
  /** The name of the component: `User`. */
  name: string
  /** That of a page of them: `Users`. */
  plural?: string
  description?: string
  /** The schema of each field that a client sees. */
  fields: { readonly [Field in keyof Seen]: z.ZodMiniType<Seen[Field]> }
  example: Seen
}

/**
 * What the operations of rows have in common, for the contract of their resource. It tells of the problems that
 * the rows name themselves; `own` are others.
 */
export function piecesOf<Seen, New>(
  rows: Rows<Seen, New>,
  { name, plural = `${name}s`, description, fields, example }: Told<Seen>,
) {
  const schema = z
    .strictObject(fields)
    .register(described, { id: name, ...(description !== undefined && { description }) })
  const page = z.array(schema).check(z.maxLength(maxPageRows)).register(described, { id: plural })
  const hasVersion = Object.hasOwn(fields, 'version')
  const tag = hasVersion ? (['ETag'] as const) : []
  const stale = hasVersion ? (['precondition-failed'] as const) : []
  const { ofWrites, ofRemovals } = conflictCodes(rows)
  const missing = rows.notFound(26).code

  const rowAnswer = (row: unknown) => ({
    description: 'As it is now.',
    headers: tag,
    content: json(schema, row),
  })

  return {
    schema,
    page,
    example,

    /** A list by pages. */
    listing: (own: Codes = []) => ({
      answers: {
        200: {
          description: 'A page.',
          headers: ['Link', 'X-Total-Count'] as const,
          content: json(page, [example]),
        },
      },
      problems: ['invalid-cursor', ...own, ...readProblems, ...searchProblems] as const,
    }),

    /**
     * A creation, under an idempotency key if the rows have a table of them. `hasLocation` is false where no
     * route reads a single row.
     */
    creating: (
      bodyExample: unknown,
      {
        links = {},
        own = [],
        hasLocation = true,
      }: { links?: object; own?: Codes; hasLocation?: boolean } = {},
    ) => ({
      description: rows.idempotencyKeys
        ? `${jsonBody} With an \`Idempotency-Key\` it is safe to repeat.`
        : jsonBody,
      bodyExample,
      answers: {
        201: {
          description: rows.idempotencyKeys
            ? 'Created now, or by an earlier request with the same key.'
            : 'It is there now.',
          headers: [
            ...(hasLocation ? (['Location'] as const) : []),
            ...tag,
            ...(rows.idempotencyKeys ? (['Idempotency-Replayed'] as const) : []),
          ] as const,
          content: json(schema, example),
          links,
        },
      },
      problems: [
        ...bodyProblems,
        ...ofWrites,
        ...own,
        ...writeProblems,
        ...(rows.idempotencyKeys ? (['idempotency-key-reused'] as const) : []),
      ] as const,
    }),

    /** A read of a row. */
    reading: (own: Codes = []) => ({
      answers: {
        200: rowAnswer(example),
        ...(hasVersion && { 304: { ...notModified, headers: ['ETag'] as const } }),
      },
      problems: [missing, ...own, ...stale, ...readProblems] as const,
    }),

    /**
     * A change or a replacement of a row. The body must change something. `never` are conflicts of fields
     * that cannot be changed.
     */
    changing: (
      bodyExample: object,
      { own = [], never = [] }: { own?: Codes; never?: Codes } = {},
    ) => ({
      description: hasVersion
        ? `${jsonBody} ${conditional} What changes nothing does not raise the version.`
        : jsonBody,
      bodyExample,
      answers: {
        200: rowAnswer({ ...example, ...bodyExample, ...(hasVersion && { version: 2 }) }),
      },
      problems: [
        ...bodyProblems,
        missing,
        ...ofWrites.filter((code) => !never.includes(code)),
        ...own,
        ...stale,
        ...writeProblems,
      ] as const,
    }),

    /** A removal of a row. */
    removing: (own: Codes = []) => ({
      ...(hasVersion && { description: conditional }),
      answers: { 204: { description: 'It is gone.' } },
      problems: [missing, ...ofRemovals, ...own, ...stale, ...writeProblems] as const,
    }),

    /**
     * Taking something into another row, as a member into a team.
     *
     * @public
     */
    adding: (own: Codes = []) => ({
      description: 'What is there already stays as it is, so it is safe to repeat.',
      answers: { 204: { description: 'It is there now.' } },
      problems: [...ofWrites, ...own, ...writeProblems] as const,
    }),

    /** Taking back a removal. */
    restoring: (own: Codes = []) => ({
      answers: { 200: rowAnswer({ ...example, version: 2 }) },
      problems: [missing, ...ofWrites, ...own, ...writeProblems] as const,
    }),
  }
}

/** What the problem of a row that is not there means. `id` is the one of the example. */
export const missing = (noun: string, id: number | string = 26): ProblemText => ({
  detail: `There is no ${noun} with the id ${id}.`,
  meaning: `No ${noun} has this id. It was removed, or it never existed: ids are not used twice.`,
  mend: ['Forget the id. To repeat the request is of no use.'],
})

/** Where a row that an answer holds can be found, changed and deleted. */
export const linksTo = (...operations: readonly string[]) =>
  Object.fromEntries(
    operations.map((operationId) => [
      operationId,
      { operationId, parameters: { id: '$response.body#/id' } },
    ]),
  )
