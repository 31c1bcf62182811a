import { describe, expect, test } from 'vitest'
import { callsOf } from '../../src/client/calls.ts'
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
