import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { acceptKeys, testKey } from '../support/keys.ts'
import { testWith } from '../support/own-worker.ts'
import { ada } from '../support/people.ts'
import { linkProject } from '../support/project.ts'

const key = testKey('bulk')
const writer = testKey('writer', ['users:read', 'users:write'])

const test = testWith(acceptKeys(key, writer))
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('project', async ({}, { onCleanup }) => {
    const project = await linkProject()
    onCleanup(() => project.remove())
    return project
  })

const line = `${JSON.stringify(ada)}\n`

describe('with a service that asks for a key', () => {
  test('users:import and users:export send the one in EDGE_USERS_KEY', async ({
    service,
    project,
  }) => {
    const env = { EDGE_USERS_KEY: key.key }
    await project.write('in.ndjson', line)

    const imported = project.run(
      'node',
      ['scripts/users/import.ts', 'in.ndjson', '--url', service.url.href],
      env,
    )
    expect(await imported.ended, imported.output()).toBe(0)
    const exported = project.run(
      'node',
      ['scripts/users/export.ts', 'out.ndjson', '--url', service.url.href],
      env,
    )
    expect(await exported.ended, exported.output()).toBe(0)

    expect(await readFile(join(project.directory, 'out.ndjson'), 'utf8')).toContain(ada.email)
  })

  test.for<[string, Record<string, string>, string]>([
    ['no key', {}, 'put it into EDGE_USERS_KEY'],
    ['an unknown key', { EDGE_USERS_KEY: testKey('unknown').key }, 'put it into EDGE_USERS_KEY'],
    ['a key for less', { EDGE_USERS_KEY: writer.key }, 'must have the scope users:export'],
    ['half a key', { EDGE_USERS_KEY: key.key.slice(0, 40) }, 'was cut off or mistyped'],
    ['two lines', { EDGE_USERS_KEY: `${key.key}\n${key.key}` }, 'was cut off or mistyped'],
  ])(
    'they say what to do about %s',
    { tags: ['slow'] },
    async ([, env, sentence], { service, project }) => {
      await project.write('in.ndjson', line)

      for (const script of ['import', 'export']) {
        const args = [
          `scripts/users/${script}.ts`,
          'in.ndjson',
          '--url',
          service.url.href,
          '--force',
        ]
        const { ended, output } = project.run(
          'node',
          script === 'export' ? args : args.slice(0, -1),
          env,
        )
        expect(await ended).not.toBe(0)
        expect(output()).toContain(sentence)
        expect(output()).not.toMatch(/edgeusers_|^\s+at /m)
      }
    },
  )
})
