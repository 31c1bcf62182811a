import type { Context, MiddlewareHandler } from 'hono'
import * as z from 'zod/mini'
import { type Fault, ServiceError } from '../errors.ts'
import { faultsOf, type Target } from './faults.ts'
import { readJson } from './read-json.ts'

type Schemas = Partial<Record<Exclude<Target, 'header'>, z.ZodMiniType<object>>> & {
  header?: z.ZodMiniType<object, Partial<ReturnType<typeof headersOf>>>
}

type Validated<S extends Schemas> = {
  in: { [T in keyof S]: z.input<S[T]> }
  out: { [T in keyof S]: z.output<S[T]> }
}

const noQuery = z.strictObject({})

/**
 * Checks path, query, headers and body at once and hands them on as `c.req.valid(target)`.
 *
 * Throws what `readJson` throws, else `validation-failed` with every fault of them all.
 * `@hono/zod-validator` would stop at the first target that fails, and answer 422 for a path
 * before it looks at the body's media type.
 */
export const validate =
  <S extends Schemas>(schemas: S): MiddlewareHandler<object, string, Validated<S>> =>
  async (c, next) => {
    const faults: Fault[] = []

    for (const target of ['param', 'query', 'header', 'json'] as const) {
      const schema = target === 'query' ? (schemas.query ?? noQuery) : schemas[target]
      if (schema) {
        const input = target === 'json' ? await readJson(c) : read(c, target)
        const result = schema.safeParse(input)
        if (result.success) {
          c.req.addValidatedData(target, result.data)
        } else {
          faults.push(...result.error.issues.flatMap((issue) => faultsOf(target, issue)))
        }
      }
    }
    if (faults.length > 0) {
      throw new ServiceError(
        'validation-failed',
        'The request breaks the rules that `errors` names.',
        {
          faults,
        },
      )
    }
    await next()
  }

function read(c: Context, target: Exclude<Target, 'json'>): unknown {
  switch (target) {
    case 'param':
      return c.req.param()
    case 'query':
      return queryOf(c)
    case 'header':
      return headersOf(c)
  }
}

/** All that any route reads: to copy every header that comes would cost more than the check. */
const headersOf = ({ req }: Context) => ({
  'idempotency-key': req.header('Idempotency-Key'),
  'if-match': req.header('If-Match'),
  'if-none-match': req.header('If-None-Match'),
})

/** A repeated parameter stays an array, which no schema of a query accepts. */
function queryOf(c: Context) {
  const { url } = c.req
  // Most requests have none, and to take a URL apart costs more than the rest of the check.
  if (!url.includes('?')) {
    return {}
  }
  const parameters = new Map<string, string | string[]>()

  for (const [name, value] of new URL(url).searchParams) {
    const before = parameters.get(name)
    parameters.set(name, before === undefined ? value : [value])
  }
  return Object.fromEntries(parameters)
}
