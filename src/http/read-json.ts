import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { ServiceError } from '../errors.ts'

/** Far more than the longest user needs, escapes included. */
const maxBodyBytes = 16 * 1024

const limitBody = bodyLimit({
  maxSize: maxBodyBytes,
  onError: () => {
    throw new ServiceError('body-too-large', `The body is longer than ${maxBodyBytes} bytes.`)
  },
})

const mergePatch = 'application/merge-patch+json'

/** Throws `unsupported-media-type`, `body-too-large` and `malformed-json`, in this order. */
export async function readJson(c: Context): Promise<unknown> {
  const accepted =
    c.req.method === 'PATCH' ? ['application/json', mergePatch] : ['application/json']

  if (!isJson(c.req.header('Content-Type') ?? '', accepted)) {
    throw new ServiceError(
      'unsupported-media-type',
      `The body must be sent with the header Content-Type: ${accepted.join(' or ')}, in UTF-8.`,
    )
  }
  await limitBody(c, async () => {})
  return parse(await c.req.arrayBuffer())
}

function isJson(contentType: string, accepted: readonly string[]): boolean {
  const [mediaType = '', ...parameters] = contentType
    .toLowerCase()
    .split(';')
    .map((part) => part.trim())

  return (
    accepted.includes(mediaType) &&
    parameters.every((parameter) => !/^charset=(?!"?utf-?8"?$)/.test(parameter))
  )
}

function parse(body: ArrayBuffer): unknown {
  try {
    // `fatal`, because a lenient decoder would store U+FFFD where the client sent something else.
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(body))
  } catch {
    throw new ServiceError('malformed-json', 'The body is not JSON in UTF-8.')
  }
}
