import { describe, expect } from 'vitest'
import { startEndpoint } from '../src/endpoint.ts'
import { problem, sender, test } from './support/neon-endpoint.ts'

const unreadable = (reason: string) => problem(`could not parse the HTTP request body: ${reason}`)
const mismatch = unreadable('data did not match any variant of untagged enum Payload')

describe('a request body', () => {
  test('needs no params', async ({ send }) => {
    expect(await send('{"query":"SELECT 1 AS n"}')).toMatchObject({ body: { rows: [{ n: 1 }] } })
  })

  test.for([
    '{"query":"select 1","params":null}',
    '{"query":"select 1","params":{}}',
    '{"query":"select 1","arrayMode":1}',
    '{"query":1}',
    '{"queries":{}}',
    '{"queries":[{"query":"select 1"},{}]}',
    '[]',
    '{}',
    'null',
    '"select 1"',
  ])('of a wrong shape is refused: %s', async (body, { send }) => {
    expect(await send(body)).toMatchObject({ status: 400, body: mismatch })
  })

  test.for([
    ['["select 1 as n"]', { rows: [{ n: 1 }] }],
    ['["select $1::int as n",["2"],true]', { rows: [[2]] }],
    ['[[]]', { results: [] }],
    ['[[["select 1 as n"],{"query":"select 2 as n"}]]', { results: [{ rows: [{ n: 1 }] }, {}] }],
    ['{"queries":[["select 1 as n"]]}', { results: [{ rows: [{ n: 1 }] }] }],
  ] as const)(
    'may have an array for an object, as hosted: %s',
    async ([body, answer], { send }) => {
      expect(await send(body)).toMatchObject({ status: 200, body: answer })
    },
  )

  test.for([
    '["select 1",[],true,1]',
    '["select 1",null]',
    '[[["select 1"]],1]',
    '[["select 1"]]',
    '[[{"query":"select 1","query":"select 2"}]]',
    '[[[]]]',
  ])('has no other array for an object: %s', async (body, { send }) => {
    expect(await send(body)).toMatchObject({ status: 400, body: mismatch })
  })

  test.for([
    ['', 'EOF while parsing a value'],
    ['{', 'expected value at line 1 column 2'],
    ['{"query":"select 1"} x', 'expected value at line 1 column 22'],
    ['{"query":"select \\ud800"}', 'lone leading surrogate in hex escape'],
    ['{"query":"select 1","other":"\\udc00"}', 'lone leading surrogate in hex escape'],
    ['{"query":"select 1","\\udc00":1}', 'lone leading surrogate in hex escape'],
    ['{"query":"select 1","params":[1e400]}', 'number out of range'],
    [`{"query":"x","params":${'['.repeat(5000)}${']'.repeat(5000)}}`, 'recursion limit exceeded'],
  ] as const)(
    'that is not JSON as serde reads it is refused: %.40s',
    async ([body, reason], { send }) => {
      expect(await send(body)).toMatchObject({ status: 400, body: unreadable(reason) })
    },
  )

  test('that is not UTF-8 is refused', async ({ endpoint, database }) => {
    const response = await fetch(endpoint.url, {
      method: 'POST',
      headers: { 'Neon-Connection-String': database.url },
      body: Buffer.from('{"query":"select \'\xff\'"}', 'latin1'),
    })

    expect(response.status).toBe(400)
    expect(await response.json()).toEqual(unreadable('invalid unicode code point'))
  })

  test.for([
    '{"query":"select 1","query":"select 2"}',
    '{"query":"select 1","qu\\u0065ry":"select 2"}',
    '{"params":[],"query":"select 1","params":[]}',
    '{"queries":[{"query":"select 1","query" : "select 2"}]}',
    '{"queries":[],"queries":[]}',
  ])('with a key that stands twice is refused: %s', async (body, { send }) => {
    expect(await send(body)).toMatchObject({ status: 400, body: mismatch })
  })

  test.for([
    '{"x":1,"x":"\\"query\\":","query":"select 1 as n","y":{"query":1,"query":2}}',
    '{"query":"select 1 as n","queries":[{"query":"garbage","query":1}]}',
    '{"queries":1,"query":"select 1 as n","queries":2}',
  ])('may repeat keys that mean nothing: %s', async (body, { send }) => {
    expect(await send(body)).toMatchObject({ status: 200, body: { rows: [{ n: 1 }] } })
  })

  test('with both query and queries is a single query', async ({ send }) => {
    const reply = await send({ queries: [{ query: 'garbage' }], query: 'select 1 as n', extra: 1 })

    expect(reply).toMatchObject({ status: 200, body: { rows: [{ n: 1 }] } })
  })

  test('may hold any character', async ({ send }) => {
    const text = '\u0001\u2028é😀"\\'

    const escaped = await send(String.raw`{"query":"select '\ud83d\ude00' as text"}`)
    const reply = await send({ query: 'select $1 as text', params: [text] })

    expect(escaped).toMatchObject({ body: { rows: [{ text: '😀' }] } })
    expect(reply).toMatchObject({ body: { rows: [{ text }] } })
  })

  test('comes after the isolation level', async ({ send }) => {
    for (const level of ['serializable', 'Read Committed', 'constructor', '']) {
      const reply = await send('{', { 'Neon-Batch-Isolation-Level': level })

      expect(reply).toMatchObject({ status: 400, body: problem('invalid isolation level') })
    }
  })
})

describe('a request body that is too large', () => {
  test('is refused, and the connection goes on', async ({ database }) => {
    const endpoint = await startEndpoint({ postgresUrl: database.url, maxRequestBytes: 1_000 })
    const send = sender(endpoint.url, database.url)
    const body = JSON.stringify({ query: `select 1 --${'x'.repeat(10_000)}` })

    const declared = await send(body)
    const streamed = await fetch(endpoint.url, {
      method: 'POST',
      headers: { 'Neon-Connection-String': database.url },
      body: new Blob([body]).stream(),
      duplex: 'half',
    })

    const expected = problem('request is too large (max is 1000 bytes)')
    expect(declared).toMatchObject({ status: 413, body: expected })
    expect(streamed.status).toBe(413)
    expect(await streamed.json()).toEqual(expected)
    expect(await send({ query: 'select 1' })).toMatchObject({ status: 200 })
    await endpoint.close()
  })
})
