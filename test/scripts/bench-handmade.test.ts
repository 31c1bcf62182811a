import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, inject } from 'vitest'
import { readRuntime } from '../../bench/bundles.ts'
import { startContestants } from '../../bench/contestants.ts'
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
  const answers: unknown[] = []
  for (const [method, path, body] of requests) {
    const response = await fetch(new URL(path, url), {
      method,
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    const headers = JSON.stringify([...response.headers]).replaceAll(url.origin, '')
    const text = `${method} ${path} ${response.status} ${headers} ${await response.text()}`
    answers.push(text.replace(ownParts, 'X'))
  }
  return answers
}

/** Moments, durations, the id of the request, and what no two seals have in common. */
const ownParts =
  /\d{4}-\d\d-\d\dT[\d:.]+Z|\w{3}, \d\d \w{3} \d{4} [\d:]+ GMT|(?<=dur=)\d+|\w{8}(?:-\w{4}){3}-\w{12}|(?<=cursor=)[\w-]{20,}/g

describe('what npm run bench compares the service with', () => {
  test('handmade answers as the service does, header by header', async ({ database }) => {
    await using stack = new AsyncDisposableStack()
    const folder = await mkdtemp(join(tmpdir(), 'handmade-'))
    const where = { url: asWorker(database.url), endpoint: { url: inject('endpointUrl') } }
    const { service, handmade, key } = await startContestants(
      stack,
      folder,
      await readRuntime(),
      where,
    )

    const due = await answersOf(service.url, key)
    await database.empty()
    const answers = await answersOf(handmade.url, key)

    expect(answers).toEqual(due)
    expect(due[0]).toContain('POST /users 201')
    expect(due[5]).toMatch(/rel=\\"next\\"/)
  })
})
