import { describe, expect, test } from 'vitest'
import { callsOf, partsOf } from '../../src/client/calls.ts'
import { ConnectionError } from '../../src/client/errors.ts'
import { send } from '../../src/client/send.ts'
import type { Connection } from '../../src/client/types.ts'

const isAnything = (value: unknown): value is { id: number } => typeof value === 'object'

/** Creates one on a service whose answers are lost, and tells with which headers it was asked. */
async function create(options: { hasIdempotencyKeys?: boolean }): Promise<object[]> {
  const asked: object[] = []
  const collection = {
    $post: async ({ header }: { json: { name: string }; header: object }) => {
      asked.push(header)
      throw new ConnectionError(new Error('lost'))
    },
  }
  const call: Connection['call'] = (isRepeatable, _, request, read) =>
    send(async (signal) => read(await request({ init: { signal } })), {
      isRepeatable,
      retries: 1,
      timeoutMs: 60_000,
    })
  const calls = callsOf({ call } as Connection, collection, isAnything, options)

  await expect(calls.create({ name: 'Bridge' })).rejects.toThrow(ConnectionError)
  return asked
}

describe('a creation whose answer was lost', () => {
  test('is sent again under its idempotency key', async () => {
    const [first, second] = await create({})

    expect(first).toMatchObject({ 'idempotency-key': expect.any(String) })
    expect(second).toEqual(first)
  })

  test('is not sent again where the service takes no key', async () => {
    expect(await create({ hasIdempotencyKeys: false })).toEqual([{}])
  })
})

describe('the parts of a row', () => {
  const call: Connection['call'] = async (_, __, request, read) =>
    read(await request({ init: { signal: AbortSignal.timeout(60_000) } }))
  const answer = async () => Response.json({ id: 7 }, { status: 201 })

  test('may be added and listed alone, with no path of one', async () => {
    const parts = { $get: answer, $post: answer }
    const readings = partsOf({ call } as Connection, parts, isAnything)

    expect(await readings.create(1, {} as never)).toEqual({ id: 7 })
    // @ts-expect-error: no route reads a single one.
    await expect(async () => readings.get(1, 7)).rejects.toThrow('has no such method')
  })

  test('are named by the parameter in the path of one, and nothing else', async () => {
    const asked: object[] = []
    const parts = {
      ':memberId': {
        $put: (given: object) => {
          asked.push(given)
          return answer()
        },
      },
    }
    await partsOf({ call } as Connection, parts, isAnything, 'memberId').add(1, 2)

    expect(asked).toEqual([{ param: { id: '1', memberId: '2' } }])
    // @ts-expect-error: the parameter has another name.
    partsOf({ call } as Connection, parts, isAnything, 'userId')
  })
})
