import type { MiddlewareHandler } from 'hono'
import { ServiceError } from '../errors.ts'
import { maxJsonBytes } from './body-limits.ts'
import { patchTypes } from './patch-types.ts'
import { type BodyRules, readBody } from './read-body.ts'

const json: BodyRules = {
  mediaTypes: { 'application/json': 'malformed-json' },
  maxBytes: maxJsonBytes,
}
const mergePatch: BodyRules = {
  mediaTypes: Object.fromEntries(patchTypes.map((type) => [type, 'malformed-json'])),
  maxBytes: maxJsonBytes,
}

/**
 * Reads the body and leaves it where Hono looks for it: `validate.ts` does so first, and tries its
 * schema last.
 *
 * Throws `unsupported-media-type`, `body-too-large` and `malformed-json`, in this order.
 */
export const takeJson: MiddlewareHandler = async (c, next) => {
  const { text } = await readBody(c, c.req.method === 'PATCH' ? mergePatch : json)

  try {
    JSON.parse(text)
  } catch {
    throw new ServiceError('malformed-json', 'The body is not JSON.')
  }
  // Hono's type has the values here, but at run time they are promises.
  Object.assign(c.req.bodyCache, { text: Promise.resolve(text) })
  await next()
}
