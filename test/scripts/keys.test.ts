import { test as base, describe, expect } from 'vitest'
import { isKey } from '../../scripts/keys/key.ts'
import { readConfig } from '../../src/config.ts'
import { acceptKeys, dayFromNow, testKey } from '../support/keys.ts'
import { linkProject, type Project } from '../support/project.ts'

const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('project', async ({}, { onCleanup }) => {
    const project = await linkProject()
    onCleanup(() => project.remove())
    return project
  })

describe('npm run keys:new', () => {
  test('prints a key, and the entry that makes the Worker accept it', async ({ project }) => {
    const expires = dayFromNow(90)
    const options = ['--name', 'ci', '--scopes', 'users:read,users:write', '--expires', expires]

    const command = project.run('node', ['scripts/keys/new.ts', ...options])

    expect(await command.ended).toBe(0)
    const [, key = '', entry = '', list] =
      /^ {2}(edgeusers_\S+)$.*^ {2}(\{.*\})\n.*^ {2}API_KEYS='(\[.*\])'$/ms.exec(
        command.output(),
      ) ?? []
    expect(isKey(key)).toBe(true)
    expect(command.output().split(key)).toHaveLength(2)
    expect(list).toBe(`[${entry}]`)
    const { API_KEYS } = readConfig({ DATABASE_URL: 'postgresql://u@h/d', API_KEYS: list })
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(key)))
    expect(API_KEYS).toEqual([
      {
        name: 'ci',
        digest: digest.toString('hex'),
        scopes: ['users:read', 'users:write'],
        expires,
      },
    ])
  })

  type Slip = [options: string[], sentence: string]
  const explains = async ([options, sentence]: Slip, { project }: { project: Project }) => {
    const command = project.run('node', ['scripts/keys/new.ts', ...options])

    expect(await command.ended).toBe(2)
    expect(command.output()).toContain(sentence)
    expect(command.output()).toContain('Usage: npm run keys:new')
    expect(command.output()).not.toMatch(/edgeusers_|^\s+at /m)
  }

  test.for<Slip>([
    [[], '--name must say whose key this is'],
    [['--name', 'ci', '--scopes', 'users:delete'], '--scopes must name'],
    [
      ['--name', 'ci', '--scopes', 'users:read', '--expires', '2030-02-30'],
      '--expires must be a day to come, such as 2030-01-31.',
    ],
  ])('explains what is wrong with %j', explains)

  test.for<Slip>([
    [['--name', 'a b', '--scopes', 'users:read'], '--name must say whose key this is'],
    [['--name', 'ci'], '--scopes must name one or more of users:read, users:write'],
    [['--name', 'ci', '--scopes', 'users:read users:write'], '--scopes must name'],
    [['--name', 'ci', '--scopes', 'users:read', '--expires', dayFromNow(0)], '--expires must be'],
    [['--nmae', 'ci'], "Unknown option '--nmae'"],
  ])('explains what is wrong with %j', { tags: ['slow'] }, explains)
})

describe('a key', () => {
  test('has 256 bits, a prefix and a checksum, and is never the same', () => {
    const keys = Array.from({ length: 100 }, () => testKey('any').key)

    expect(new Set(keys).size).toBe(100)
    for (const key of keys) {
      expect(key).toMatch(/^edgeusers_[\w-]{43}[0-9a-f]{8}$/)
      expect(isKey(key)).toBe(true)
      expect(isKey(key.slice(0, -1))).toBe(false)
      expect(isKey(`${key.slice(0, 20)}${key[20] === 'x' ? 'y' : 'x'}${key.slice(21)}`)).toBe(false)
    }
  })

  test('is in the secret as its digest alone', () => {
    const key = testKey('any')

    expect(acceptKeys(key).API_KEYS).not.toContain(key.key.slice(10, 53))
  })
})
