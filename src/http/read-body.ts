import type { Context } from 'hono'
import { ServiceError } from '../errors.ts'
import type { Pool, Share } from '../pool.ts'
import type { ProblemCode } from '../problem-statuses.ts'
import { chunksOf } from './body-chunks.ts'
import { patchTypes } from './patch-types.ts'

export type BodyRules = {
  /** The accepted media types, each with the problem of a body that is not of that type. */
  mediaTypes: Readonly<Record<string, ProblemCode>>
  maxBytes: number
  /** The bytes that all such bodies together may take while they come in, and what to throw without. */
  room?: { bytes: Pool; spent: () => ServiceError }
  /** What to say, by the problem, of a body that is not in UTF-8. */
  encodingMends?: Partial<Record<ProblemCode, string>>
}

export type Body = { mediaType: string; text: string }

/** Far longer than the largest import takes on a slow line. */
const bodyDeadlineMs = 60_000

/** Many times what a client needs. A longer header counts as no media type. */
const maxContentTypeLength = 1024

type ReadMediaType = { mediaType: string; isUtf8: boolean; hasHeader: boolean }

/**
 * Reads a media type and its parameters (RFC 9110 section 8.3.1), of which only the charset
 * matters, and the header of CSV (RFC 4180 section 3).
 */
function readMediaType(contentType: string): ReadMediaType {
  if (contentType.length > maxContentTypeLength) {
    return { mediaType: '', isUtf8: false, hasHeader: true }
  }
  const [mediaType = '', ...parameters] = contentType.toLowerCase().split(';')
  const valuesOf = (wanted: string) =>
    parameters
      .map((parameter) => parameter.split('=').map((part) => part.trim()))
      .flatMap(([name, value = '']) => (name === wanted ? [value] : []))

  return {
    mediaType: mediaType.trim(),
    isUtf8: valuesOf('charset').every((charset) => /^(?:utf-?8|"utf-?8")$/.test(charset)),
    hasHeader: !valuesOf('header').some((header) => /^"?absent"?$/.test(header)),
  }
}

/**
 * Throws `unsupported-media-type`, `body-too-large`, that of the room when there is none, and the media
 * type's own problem, in this order.
 */
export async function readBody(
  c: Context,
  { mediaTypes, maxBytes, room, encodingMends }: BodyRules,
  deadlineMs = bodyDeadlineMs,
): Promise<Body> {
  const { mediaType, isUtf8, hasHeader } = readMediaType(c.req.header('Content-Type') ?? '')
  const malformed = Object.hasOwn(mediaTypes, mediaType) && mediaTypes[mediaType]
  const coding = c.req.header('Content-Encoding') ?? 'identity'

  if (coding.toLowerCase() !== 'identity') {
    throw new ServiceError(
      'unsupported-media-type',
      'The body must be sent as it is: this service reads no Content-Encoding.',
      // RFC 9110 section 15.5.16.
      { headers: { 'Accept-Encoding': 'identity' } },
    )
  }
  if (!malformed || !isUtf8) {
    const accepted = Object.keys(mediaTypes).join(' or ')
    throw new ServiceError(
      'unsupported-media-type',
      `The body must be sent with the header Content-Type: ${accepted}, in UTF-8.`,
      // RFC 5789 section 2.2.
      c.req.method === 'PATCH' ? { headers: { 'Accept-Patch': patchTypes.join(', ') } } : {},
    )
  }
  if (!hasHeader) {
    throw new ServiceError(
      'unsupported-media-type',
      'The body must begin with a line that names its columns, and be sent without header=absent.',
    )
  }
  const share = room?.bytes.share()
  try {
    const reading = readChunks(c, { maxBytes, malformed, share })
    const chunks = await within(deadlineMs, reading, malformed)
    if (!chunks) {
      throw room?.spent()
    }
    return { mediaType, text: decode(chunks, malformed, encodingMends?.[malformed]) }
  } finally {
    share?.free()
  }
}

/** A body that comes slowly, or never ends, would keep its memory as long as the client likes. */
async function within<Value>(deadlineMs: number, reading: Promise<Value>, malformed: ProblemCode) {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    reject(new ServiceError(malformed, 'The body did not end in time.', { reason: 'body late' }))
  }, deadlineMs)
  try {
    return await Promise.race([reading, late])
  } finally {
    clearTimeout(timer)
  }
}

type Limits = { maxBytes: number; malformed: ProblemCode; share: Share | undefined }

/** None when there was no room for them. */
async function readChunks(c: Context, { maxBytes, malformed, share }: Limits) {
  const chunks: Uint8Array[] = []
  let bytes = 0
  let hasRoom = true
  const take = (chunk: Uint8Array) => {
    bytes += chunk.length
    hasRoom &&= share?.take(chunk.length) ?? true
    // A body that is too large is still read to its end, and dropped: a client that is still
    // sending when the connection closes never sees the answer.
    if (bytes <= maxBytes && hasRoom) {
      chunks.push(chunk)
    } else {
      chunks.length = 0
      share?.free()
    }
  }
  const { body } = c.req.raw
  try {
    // HTTP makes sure that a body has its Content-Length. Bodies that share room are counted as
    // they arrive: otherwise a client could announce much, send nothing, and take the room from
    // others.
    if (!share && Number(c.req.header('Content-Length') ?? Number.NaN) <= maxBytes) {
      take(new Uint8Array(await c.req.raw.arrayBuffer()))
    } else if (body) {
      for await (const chunk of chunksOf(body)) {
        take(chunk)
      }
    }
  } catch {
    throw new ServiceError(malformed, 'The body ended too early.', { reason: 'body cut off' })
  }
  if (bytes > maxBytes) {
    throw new ServiceError('body-too-large', `The body is longer than ${maxBytes} bytes.`)
  }
  return hasRoom ? chunks : undefined
}

function decode(chunks: readonly Uint8Array[], malformed: ProblemCode, mend?: string): string {
  // `fatal`, because a lenient decoder would store U+FFFD where the client sent something else.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
  try {
    return (
      chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode()
    )
  } catch {
    throw new ServiceError(malformed, ['The body is not in UTF-8.', mend ?? []].flat().join(' '))
  }
}
