import { describe, expect } from 'vitest'
import { ada, grace } from '../../support/people.ts'
import { test } from '../../support/shared-test.ts'

const withKey = (key: string) => ({ 'Idempotency-Key': key })
const ndjson = { 'Content-Type': 'application/x-ndjson' }

describe('an event', () => {
  test('of each kind of write tells who did what, and which fields changed', async ({
    service,
  }) => {
    await service.request('POST', '/users', ada)
    await service.request('POST', '/users', grace, withKey('k'))
    await service.request('PATCH', '/users/1', { name: 'Ada King' })
    await service.request('PATCH', '/users/1', { name: 'Ada L' }, { 'If-Match': '"2"' })
    await service.request('PUT', '/users/1', { name: 'Ada L', email: 'ada@example.org' })
    await service.request('DELETE', '/users/1')
    await service.request('POST', '/users/1/restore')
    await service.request('DELETE', '/users/1', undefined, { 'If-Match': '"5"' })
    await service.request('DELETE', '/users/1?erase=true')
    const lines = `${JSON.stringify({ ...grace, name: 'Grace H' })}\n${JSON.stringify(ada)}\n`
    await service.request('POST', '/users/import?onConflict=update', lines, ndjson)

    const told = async () =>
      ((await service.request('GET', '/events')).body as Record<string, unknown>[]).map(
        ({ userId, kind, version, fields }) => ({ userId, kind, version, fields }),
      )
    // The feed waits for the transactions of every database of the cluster.
    await expect.poll(told).toEqual([
      { userId: 1, kind: 'create', version: 1, fields: ['name', 'email'] },
      { userId: 2, kind: 'create', version: 1, fields: ['name', 'email'] },
      { userId: 1, kind: 'change', version: 2, fields: ['name'] },
      { userId: 1, kind: 'change', version: 3, fields: ['name'] },
      { userId: 1, kind: 'replace', version: 4, fields: ['email'] },
      { userId: 1, kind: 'delete', version: 4, fields: [] },
      { userId: 1, kind: 'restore', version: 5, fields: [] },
      { userId: 1, kind: 'delete', version: 5, fields: [] },
      { userId: 1, kind: 'erase', version: 5, fields: [] },
      { userId: 3, kind: 'import', version: 1, fields: ['name', 'email'] },
      { userId: 2, kind: 'import', version: 2, fields: ['name'] },
    ])
  })
})
