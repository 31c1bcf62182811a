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

/** A media type, alone or with a charset that says UTF-8 (RFC 9110 section 8.3.1). */
const withUtf8 = /^([^\s;]+)(?:\s*;\s*charset=(?:utf-?8|"utf-?8"))?$/

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
  return parse(await readBody(c))
}

function isJson(contentType: string, accepted: readonly string[]): boolean {
  const [, mediaType] = withUtf8.exec(contentType.toLowerCase()) ?? []
  return mediaType !== undefined && accepted.includes(mediaType)
}

async function readBody(c: Context): Promise<ArrayBuffer> {
  try {
    await limitBody(c, async () => {})
    return await c.req.arrayBuffer()
  } catch (error) {
    throw error instanceof ServiceError ? error : cutOff()
  }
}

const cutOff = () =>
  new ServiceError('malformed-json', 'The body ended too early.', { reason: 'body cut off' })

function parse(body: ArrayBuffer): unknown {
  try {
    // `fatal`, because a lenient decoder would store U+FFFD where the client sent something else.
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(body))
  } catch {
    throw new ServiceError('malformed-json', 'The body is not JSON in UTF-8.')
  }
}
