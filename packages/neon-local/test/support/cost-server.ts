import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { Pool } from 'pg'
import { portOf } from '../../src/endpoint/loopback-server.ts'
import { reset } from '../../src/endpoint/session-reset.ts'
import { startEndpoint } from '../../src/endpoint.ts'

// A program that serves SQL over HTTP, says where, and what CPU it took when asked: `bare` with the least that can be done for it.
const [kind, databaseUrl = ''] = process.argv.slice(2)

async function startBare(): Promise<string> {
  const pool = new Pool({ connectionString: databaseUrl, max: 20 })
  const server = createServer(async (request, response) => {
    const { query, params } = JSON.parse(await text(request))
    const session = await pool.connect()
    const { fields, rows } = await session.query({ text: query, values: params, rowMode: 'array' })
    const body = JSON.stringify({ fields, rows })
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
    })
    response.end(body)
    await session.query(reset)
    session.release()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${portOf(server)}/sql`
}

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.(user + system)
})
process.send?.(
  kind === 'bare' ? await startBare() : (await startEndpoint({ postgresUrl: databaseUrl })).url,
)
process.on('disconnect', () => process.exit())
