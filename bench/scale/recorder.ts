import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import * as z from 'zod'

const Statement = z.object({ query: z.string(), params: z.array(z.unknown()).optional() })
const Sent = z.union([z.object({ queries: z.array(Statement) }), Statement])

export type Statement = z.infer<typeof Statement>

export type Recorder = {
  url: string
  /** What has come since it was last asked, of the first request. */
  take(): Statement[]
}

/** As PostgreSQL refuses a statement, so that the Worker tries nothing again. */
const refusal = JSON.stringify({ message: 'It was written down.', code: '42501' })

/** In the place of the Neon endpoint: keeps the statements that a Worker sends, and runs none. */
export async function startRecorder(stack: AsyncDisposableStack): Promise<Recorder> {
  const bodies: string[] = []
  const server = createServer(async (request, response) => {
    bodies.push(await text(request))
    response.writeHead(400, { 'Content-Type': 'application/json' }).end(refusal)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  stack.defer(() => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') {
    throw new TypeError('A port was expected.')
  }
  return {
    url: `http://127.0.0.1:${address.port}/sql`,
    take: () => {
      const [first = '{"queries":[]}'] = bodies.splice(0)
      const sent = Sent.parse(JSON.parse(first))
      return 'queries' in sent ? sent.queries : [sent]
    },
  }
}
