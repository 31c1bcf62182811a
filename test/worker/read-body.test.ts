import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { ServiceError } from '../../src/errors.ts'
import { readBody } from '../../src/http/read-body.ts'
import { createPool } from '../../src/pool.ts'

const rules = { mediaTypes: { 'application/json': 'malformed-json' }, maxBytes: 8 } as const

/** Of the bodies that share it, more than one has. */
const room = {
  bytes: createPool(12, 60_000),
  spent: () => new ServiceError('rate-limited', 'There is no room.'),
}

/** Reads a body of these chunks within a fifth of a second; null is a wait that has no end. */
const read = (...chunks: (string | null)[]) => readWith({}, ...chunks)

const readWith = (length: Record<string, string>, ...chunks: (string | null)[]) =>
  readAt('/', length, ...chunks)

const readAt = async (
  path: string,
  length: Record<string, string>,
  ...chunks: (string | null)[]
) => {
  const body = new ReadableStream({
    type: 'bytes',
    pull: (controller) => {
      const chunk = chunks.shift()
      if (chunk === null) {
        return new Promise(() => {})
      }
      if (chunk !== undefined) {
        return controller.enqueue(new TextEncoder().encode(chunk))
      }
      controller.close()
      // By the standard, a reader with a buffer of its own goes on only now. workerd does not wait.
      return controller.byobRequest?.respond(0)
    },
  })
  const app = new Hono()
    .onError((error, c) =>
      error instanceof ServiceError
        ? c.json([error.code, error.message, error.reason])
        : c.json({}),
    )
    .post('/', async (c) => c.json((await readBody(c, rules, 200)).text))
    .post('/shared', async (c) => c.json((await readBody(c, { ...rules, room }, 200)).text))
  const headers = { 'Content-Type': 'application/json', ...length }
  // Node demands `duplex` of a body that is a stream; workerd does not know it.
  const init = { method: 'POST', headers, body, duplex: 'half' }
  return (await app.request(path, init)).json()
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
      'malformed-json',
      'The body did not end in time.',
      'body late',
    ])
  })

  test.for<(string | null)[][]>([[[null]], [['a,', null]], [['a,b,c,d,', 'too long', null]]])(
    'refuses %j, which never ends, when its time is over',
    async ([chunks = []]) => {
      expect(await read(...chunks)).toEqual([
        'malformed-json',
        'The body did not end in time.',
        'body late',
      ])
    },
  )

  test('refuses one for which the others leave no room, and no room is lost', async () => {
    for (let round = 0; round < 3; round += 1) {
      const slow = readAt('/shared', {}, 'a,b,c,d', null)
      const crowded = await readAt('/shared', { 'Content-Length': '7' }, 'a,b,', 'c,d')
      const small = await readAt('/shared', {}, 'a,b')

      expect(crowded).toEqual(['rate-limited', 'There is no room.', null])
      expect(small).toBe('a,b')
      expect(await slow).toContain('body late')
    }
    expect(await readAt('/shared', {}, 'a,b,c,d')).toBe('a,b,c,d')
  })

  test('gives room to what has come, not to what was promised', async () => {
    const slow = ['1', '2', '3'].map((byte) =>
      readAt('/shared', { 'Content-Length': '8' }, byte, null),
    )

    expect(await readAt('/shared', { 'Content-Length': '8' }, 'a,b,', 'c,d,')).toBe('a,b,c,d,')
    await Promise.all(slow)
  })
})
