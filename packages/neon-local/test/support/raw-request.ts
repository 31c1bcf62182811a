import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'

export type RawAnswer = { status: number; headers: Record<string, unknown>; text: string }

/** With a `Host` of its own choice, or a header that comes twice: `fetch` sends neither. */
export async function rawRequest(
  url: URL,
  path: string,
  headers: Record<string, string | string[]>,
  method = 'GET',
): Promise<RawAnswer> {
  const sent = request({ host: url.hostname, port: url.port, path, headers, method })
  sent.end()
  const [answer]: IncomingMessage[] = await once(sent, 'response')
  if (!answer) {
    throw new TypeError('An answer was expected.')
  }
  return { status: answer.statusCode ?? 0, headers: answer.headers, text: await text(answer) }
}

/** What is answered to these bytes, up to where the service closes the connection. */
export async function rawExchange(url: URL, request: string): Promise<string> {
  const socket = connect(Number(url.port), url.hostname)
  socket.write(request)
  return text(socket)
}
