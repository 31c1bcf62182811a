import * as z from 'zod/mini'
import { positiveInteger, queryText } from './fields.ts'

export const maxPageRows = 100
const defaultPageRows = 50

/**
 * The query of a list. Each of `sorts` is a field, in descending order with a minus before it. The
 * first of them is the order when nobody asks for one.
 */
export const paging = <const Sorts extends readonly [string, ...string[]]>(sorts: Sorts) => ({
  limit: z._default(
    positiveInteger(maxPageRows, `must be an integer from 1 to ${maxPageRows}`),
    defaultPageRows,
  ),
  cursor: z.optional(queryText()),
  sort: z._default(
    z.enum(sorts, { error: `must be one of ${sorts.join(', ')}` }),
    sorts[0] as Sorts[number],
  ),
  count: z.optional(z.enum(['exact'], { error: 'must be exact, or left out' })),
})
