import type { MiddlewareHandler } from 'hono'
import { ServiceError } from '../errors.ts'
import { type BodyRules, readBody } from './read-body.ts'

/** Far more than the longest user needs, escapes included. */
const maxBytes = 16 * 1024

const json: BodyRules = { mediaTypes: { 'application/json': 'malformed-json' }, maxBytes }
const mergePatch: BodyRules = {
  mediaTypes: { ...json.mediaTypes, 'application/merge-patch+json': 'malformed-json' },
  maxBytes,
}

/**
 * Reads the body and leaves it where Hono looks for it.
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
  // Its type names what the promise gives.
  Object.assign(c.req.bodyCache, { text: Promise.resolve(text) })
  await next()
}
