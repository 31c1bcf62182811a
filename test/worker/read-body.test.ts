import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { ServiceError } from '../../src/errors.ts'
import { readBody } from '../../src/http/read-body.ts'

const rules = { mediaTypes: { 'text/csv': 'malformed-csv' }, maxBytes: 8 } as const

/** Reads a body of these chunks within a fifth of a second; null is a wait that has no end. */
const read = (...chunks: (string | null)[]) => readWith({}, ...chunks)

const readWith = async (length: Record<string, string>, ...chunks: (string | null)[]) => {
  const body = new ReadableStream({
    pull: (controller) => {
      const chunk = chunks.shift()
      if (chunk === null) {
        return new Promise(() => {})
      }
      return chunk ? controller.enqueue(new TextEncoder().encode(chunk)) : controller.close()
    },
  })
  const app = new Hono()
    .onError((error, c) =>
      error instanceof ServiceError
        ? c.json([error.code, error.message, error.reason])
        : c.json({}),
    )
    .post('/', async (c) => c.json((await readBody(c, rules, 200)).text))
  const headers = { 'Content-Type': 'text/csv', ...length }
  return (await app.request('/', { method: 'POST', headers, body })).json()
}

describe('readBody', () => {
  test('reads one that ends in time', async () => {
    expect(await read('a,', 'b')).toBe('a,b')
  })

  test.for(['3', '8'])('reads one that says its length: %s', async (length) => {
    expect(await readWith({ 'Content-Length': length }, 'a,', 'ü')).toBe('a,ü')
  })

  test.for<Record<string, string>>([
    {},
    { 'Content-Length': '1' },
    { 'Content-Length': '9' },
    { 'Content-Length': 'many' },
  ])('refuses one that is too long, with the headers %j', async (length) => {
    expect(await readWith(length, 'a,b,', 'c,d,e')).toEqual([
      'body-too-large',
      'The body is longer than 8 bytes.',
      null,
    ])
  })

  test('refuses one that says its length, and never ends, when its time is over', async () => {
    expect(await readWith({ 'Content-Length': '4' }, 'a,', null)).toEqual([
      'malformed-csv',
      'The body did not end in time.',
      'body late',
    ])
  })

  test.for<(string | null)[][]>([[[null]], [['a,', null]], [['a,b,c,d,', 'too long', null]]])(
    'refuses %j, which never ends, when its time is over',
    async ([chunks = []]) => {
      expect(await read(...chunks)).toEqual([
        'malformed-csv',
        'The body did not end in time.',
        'body late',
      ])
    },
  )
})
