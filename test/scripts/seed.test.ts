import { describe, expect, inject } from 'vitest'
import { walk } from '../support/pages.ts'
import { linkProject } from '../support/project.ts'
import { test } from '../support/test.ts'

describe('npm run db:seed', () => {
  test('adds 3,000 users, and the list leads to each of them once', { tags: ['slow'] }, async ({
    service,
    database,
  }) => {
    const project = await linkProject()
    const command = project.run('node', ['scripts/db/seed.ts', '--count', '3000'], {
      DATABASE_URL: database.url,
      NEON_ENDPOINT: inject('endpointUrl'),
    })
    expect(await command.ended, command.output()).toBe(0)
    await project.remove()

    const ids = (await walk(service, '/users?limit=100')).flat()

    expect(command.output()).toBe('Added 3000 users.\n')
    expect(ids).toHaveLength(3_000)
    expect(new Set(ids).size).toBe(3_000)
    const [row] = await database.query<{ users: number }>(
      'select count(*)::int as users from users',
    )
    expect(row?.users).toBe(3_000)
  })
})
