// Takes over ten seconds on a busy machine: hundreds of made-up requests are sent one by one.

import { connect } from 'node:net'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { test } from './support/neon-endpoint.ts'

/** Writes the parts to a connection of its own, and gives the status of each of the `answers`. */
async function exchange(port: number, parts: (string | Uint8Array)[], answers = 1) {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  const statuses = () => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status))
  // A moment longer, for an answer too many.
  const closeSoon = () => setTimeout(() => socket.destroy(), 5)
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
    if (statuses().length >= answers) {
      closeSoon()
    }
  })
  const closed = new Promise((resolve) => socket.on('close', resolve))
  socket.on('error', () => socket.destroy())
  for (const part of parts) {
    socket.write(part)
  }
  if (answers === 0) {
    closeSoon()
  }
  await closed
  return statuses()
}

const body = '{"query":"select 1"}'

function request(databaseUrl: string, headers = `Content-Length: ${body.length}`, version = '1.1') {
  return `POST /sql HTTP/${version}\r\nHost: localhost\r\nNeon-Connection-String: ${databaseUrl}\r\n${headers}\r\n\r\n`
}

describe('the endpoint', () => {
  test('answers requests that come at once, in order', async ({ endpoint, database }) => {
    const good = `${request(database.url)}${body}`
    const bad = 'GET /sql HTTP/1.1\r\nHost: localhost\r\n\r\n'

    expect(await exchange(endpoint.port, [good + bad + good + good], 4)).toEqual([
      200, 400, 200, 200,
    ])
  })

  test('answers HTTP/1.0', async ({ endpoint, database }) => {
    const old = request(database.url, `Content-Length: ${body.length}`, '1.0')

    expect(await exchange(endpoint.port, [old, body])).toEqual([200])
  })

  test('answers a body in chunks', async ({ endpoint, database }) => {
    const chunks = [...body].map((character) => `1\r\n${character}\r\n`)
    const chunked = request(database.url, 'Transfer-Encoding: chunked')

    expect(await exchange(endpoint.port, [chunked, ...chunks, '0\r\n\r\n'])).toEqual([200])
    expect(await exchange(endpoint.port, [chunked, 'no length\r\n'])).toEqual([400])
  })

  test('lets a client ask before it sends', async ({ endpoint, database }) => {
    const asking = request(database.url, `Expect: 100-continue\r\nContent-Length: ${body.length}`)

    expect(await exchange(endpoint.port, [asking, body], 2)).toEqual([100, 200])
  })

  test('refuses a body that is said to be too large before it comes', async ({
    endpoint,
    database,
  }) => {
    const large = request(database.url, 'Content-Length: 100000000')

    expect(await exchange(endpoint.port, [large])).toEqual([413])
  })

  test('refuses headers without end', async ({ endpoint, database }) => {
    const long = request(database.url, `X-Long: ${'x'.repeat(500_000)}`)

    expect(await exchange(endpoint.port, [long])).toEqual([431])
  })

  test('takes an upgrade for what it is without it', async ({ endpoint }) => {
    const upgrade =
      'GET /sql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'

    expect(await exchange(endpoint.port, [upgrade])).toEqual([400])
  })

  test('survives any bytes', async ({ endpoint, send }) => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 })

    await fc.assert(
      fc.asyncProperty(bytes, async (sent) => {
        await exchange(endpoint.port, [sent], 0)
      }),
      { numRuns: 30 },
    )

    expect(await send({ query: 'select 1' })).toMatchObject({ status: 200 })
  })

  test('answers any JSON, and any parameters', async ({ send }) => {
    const statuses = new Set<number>()

    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ depthSize: 'large' }), async (value) => {
        statuses.add((await send({ query: 'select $1::text', params: [value] })).status)
        statuses.add((await send(value)).status)
      }),
      { numRuns: 30 },
    )

    expect(statuses).toEqual(new Set([200, 400]))
  })

  test('gives back any text that it is given', { tags: ['slow'] }, async ({ send }) => {
    const text = fc.string({ unit: 'binary' }).filter((value) => !value.includes('\0'))

    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 20 }), async (texts) => {
        const columns = texts.map((_, index) => `$${index + 1}::text`).join()

        const reply = await send({ query: `select array[${columns}] as texts`, params: texts })

        expect(reply).toMatchObject({ status: 200, body: { rows: [{ texts }] } })
      }),
      { numRuns: 30 },
    )
  })
})
