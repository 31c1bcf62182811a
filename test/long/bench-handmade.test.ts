import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, inject } from 'vitest'
import { startReference, startService } from '../../bench/contestants.ts'
import { readRuntime } from '../../scripts/build/runtime.ts'
import { createKey } from '../../scripts/keys/key.ts'
import { test } from '../support/test.ts'
import { asWorker } from '../support/worker-role.ts'

const ada = { name: 'Ada "Countess" Lovelace', email: 'ada@example.com' }
const grace = { name: 'Grace Hopper', email: 'grace@example.com' }

const requests = [
  ['POST', '/users', ada],
  ['POST', '/users', grace],
  ['GET', '/users/1'],
  ['PATCH', '/users/1', { name: 'Ada Lovelace' }],
  ['PATCH', '/users/1', { name: 'Ada Lovelace' }],
  ['GET', '/users?limit=1'],
  ['GET', '/users?limit=2'],
  ['GET', '/users?q=lovelace&limit=50'],
] as const

async function answersOf(url: URL, key: string) {
  const answers: string[] = []
  for (const [method, path, body] of requests) {
    const response = await fetch(new URL(path, url), {
      method,
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    const headers = JSON.stringify([...response.headers]).replaceAll(url.origin, '')
    const text = `${response.status} ${method} ${path} ${headers} ${await response.text()}`
    answers.push(
      text
        .replace(/(?<=cursor=)[\w-]+/g, (seal) => `${seal.length} characters`)
        .replace(ownParts, 'X'),
    )
  }
  return answers
}

/** Moments, durations, and the id of the request. */
const ownParts =
  /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z|\w{3}, \d\d \w{3} \d{4} [\d:]+ GMT|(?<=dur=)\d+|\w{8}(?:-\w{4}){3}-\w{12}/g

describe('what npm run bench compares the service with', () => {
  test('handmade answers good requests as the service does', async ({ database }) => {
    await using stack = new AsyncDisposableStack()
    const folder = await mkdtemp(join(tmpdir(), 'handmade-'))
    const where = { url: asWorker(database.url), endpoint: { url: inject('endpointUrl') } }
    const runtime = await readRuntime()
    const key = createKey()
    const service = await startService(stack, join(folder, 'service'), runtime, where, key)
    const handmade = await startReference(stack, folder, 'handmade', runtime, where, key)

    await database.empty()
    const due = await answersOf(service.url, key)
    await database.empty()
    const answers = await answersOf(handmade.url, key)

    expect(answers).toEqual(due)
    expect(due.map((text) => text.slice(0, 3))).toEqual([
      ...['201', '201', '200', '200'],
      ...['200', '200', '200', '200'],
    ])
  })
})
