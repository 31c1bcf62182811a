import type { IncomingMessage } from 'node:http'
import { withResolvers } from '../with-resolvers.ts'
import { Refusal } from './problem-bodies.ts'

/** Reads a body whole. One that is too large is refused before it is held, declared or not. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const tooLarge = () => new Refusal(413, `request is too large (max is ${maxBytes} bytes)`)
  if (Number(request.headers['content-length']) > maxBytes) {
    return Promise.reject(tooLarge())
  }
  const { promise, resolve, reject } = withResolvers<Buffer>()
  const chunks: Buffer[] = []
  let size = 0
  request.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > maxBytes) {
      // The rest is read and dropped: closing now would hide the answer from a client still sending.
      chunks.length = 0
      reject(tooLarge())
    } else {
      chunks.push(chunk)
    }
  })
  request.on('end', () =>
    resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)),
  )
  request.on('error', () => reject(new Refusal(400, 'could not read the HTTP request body')))
  return promise
}
