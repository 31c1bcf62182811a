import { zValidator } from '@hono/zod-validator'
import type { MiddlewareHandler } from 'hono'
import * as z from 'zod/mini'
import { ServiceError, type ValidationFault } from '../errors.ts'
import { takeJson } from './take-json.ts'
import { faultsOf, type Target } from './validation-faults.ts'

/** The headers need a plain object: `@hono/zod-validator` reads their names from its shape. */
export type Schemas = Partial<Record<Exclude<Target, 'header'>, z.ZodMiniType<object>>> & {
  header?: z.ZodMiniObject
}

type Validated<S extends Schemas> = {
  in: { [T in keyof S]: z.input<S[T]> }
  out: { [T in keyof S]: z.output<S[T]> }
}

const validators = new WeakMap<object, Schemas>()

/** The schemas that this handler was made of by `validate`, for the contract. */
export const validatedBy = (handler: object): Schemas | undefined => validators.get(handler)

const checkNoQuery = check('query', z.strictObject({}))

const refuseQuery: MiddlewareHandler = (c, next) =>
  c.req.url.includes('?') ? checkNoQuery(c, next) : next()

/**
 * Reads the body, which must be JSON of a size that is allowed, then checks the path, the query, the headers
 * and what the body holds, in this order, and passes them on as `c.req.valid(target)`. Without a schema for
 * the query, any parameter is refused.
 *
 * Throws what `takeJson` throws, and `validation-failed` with all faults of the first part that has any.
 */
export function validate<S extends Schemas>(
  schemas: S,
): MiddlewareHandler<object, string, Validated<S>> {
  const { param, query, header, json } = schemas
  const steps = [
    ...(json ? [takeJson] : []),
    ...(param ? [check('param', param)] : []),
    query ? check('query', query) : refuseQuery,
    ...(header ? [check('header', header)] : []),
    ...(json ? [check('json', json)] : []),
  ]
  const validator: MiddlewareHandler = async (c, next) => {
    for (const step of steps) {
      await step(c, goOn)
    }
    await next()
  }
  validators.set(validator, schemas)
  return validator
}

const goOn = () => Promise.resolve()

/** Finds what Hono ignores: a parameter without a name, and a value that it cannot decode. */
const malformedIn = (url: string): ValidationFault[] =>
  url
    .slice(url.indexOf('?') + 1)
    .split('&')
    .flatMap((pair) => {
      const [name = '', value] = pair.split('=')
      if (name === '' && value !== undefined) {
        return [{ parameter: '', detail: 'has a name that is not a parameter of this path' }]
      }
      const parameter = /^[\w-]{1,64}$/.test(name) ? name : ''
      return isDecodable(pair) ? [] : [{ parameter, detail: 'must be UTF-8, percent-encoded' }]
    })

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

function check(target: Target, schema: z.ZodMiniType): MiddlewareHandler {
  return zValidator(target, schema, (result, c) => {
    const malformed = target === 'query' && c.req.url.includes('?') ? malformedIn(c.req.url) : []
    const issues = result.success ? [] : result.error.issues
    const faults =
      malformed.length > 0
        ? malformed
        : issues.flatMap((issue) => faultsOf(target, issue, result.data))
    if (faults.length > 0) {
      throw new ServiceError(
        'validation-failed',
        'The request breaks the rules that `errors` names.',
        { faults },
      )
    }
  })
}
