import { describe, expect } from 'vitest'
import { createClient, ProblemError } from '../../src/client.ts'
import { acceptKeys, type TestKey, testKey } from '../support/keys.ts'
import { testWith } from '../support/own-worker.ts'
import { ada } from '../support/people.ts'
import { linkProject } from '../support/project.ts'

const key = testKey('audit')
const writer = testKey('writer', ['users:read', 'users:write'])

const test = testWith(acceptKeys(key, writer))
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('project', async ({}, { onCleanup }) => {
    const project = await linkProject()
    onCleanup(() => project.remove())
    return project
  })

describe('with a service that asks for a key', () => {
  test('users:events asks for a key with another scope', { tags: ['slow'] }, async ({
    service,
    project,
  }) => {
    const printed = async ({ key: EDGE_USERS_KEY }: TestKey) => {
      const args = ['scripts/users/events.ts', '--kind', 'erase', '--url', service.url.href]
      const command = project.run('node', args, { EDGE_USERS_KEY })
      return { code: await command.ended, output: command.output() }
    }

    expect(await printed(writer)).toEqual({
      code: 1,
      output: 'The key in EDGE_USERS_KEY must have the scope users:audit.\n',
    })
    expect(await printed(key)).toMatchObject({ code: 0 })
  })

  test('the client sends what it is given as headers', async ({ service }) => {
    const { users } = createClient(service.url.href, { headers: writer.headers })
    const { users: nobody } = createClient(service.url.href)

    const { id } = await users.create(ada)

    expect(await users.get(id)).toMatchObject(ada)
    const refusal = await nobody.get(id).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(ProblemError)
    expect(refusal).toMatchObject({ problem: { code: 'unauthenticated' } })
  })
})
