import { afterEach, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { runChild } from '../../scripts/command/child.ts'
import { readChildJson } from '../../scripts/command/child-json.ts'
import { personsEnvironment } from '../../scripts/command/environment.ts'
import { oddShell } from '../support/odd-shell.ts'

const stubShell = (variables: Record<string, string>) => {
  for (const [name, value] of Object.entries(variables)) {
    vi.stubEnv(name, value)
  }
}

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('a program that a command starts', () => {
  test('finds the same words, colours, places and time in every shell', async () => {
    stubShell({
      ...oddShell,
      WRANGLER_CI_OVERRIDE_NAME: 'canary',
      WRANGLER_LOG_PATH: '/canary',
      WRANGLER_OUTPUT_FILE_DIRECTORY: '/canary',
      NODE_DEBUG: 'http',
      LANGUAGE: 'de',
    })

    const { stdout } = await runChild(
      process.execPath,
      ['-p', 'JSON.stringify([process.env, new Date(0).getHours()])'],
      { env: { OURS: 'yes', PATH: undefined } },
    )

    const [env, hours] = JSON.parse(stdout)
    expect(env).toMatchObject({
      ...{ FORCE_COLOR: '0', NO_COLOR: '1', LC_ALL: 'C', TZ: 'UTC', WRANGLER_LOG: 'log' },
      ...{ CI: '1', NODE_OPTIONS: '--no-warnings', OURS: 'yes' },
    })
    expect(hours).toBe(0)
    for (const name of [
      ...['CLICOLOR_FORCE', 'CLOUDFLARE_ENV', 'DEBUG', 'GIT_DIR', 'LANG', 'LANGUAGE', 'NODE_DEBUG'],
      ...['NODE_ENV', 'PATH', 'PGHOSTADDR', 'PGOPTIONS', 'PGSSLMODE'],
    ]) {
      expect(env).not.toHaveProperty(name)
    }
    expect(stdout).not.toContain('canary')
  })

  test('talks to a person in their language and colours, and goes nowhere else', () => {
    stubShell({ ...oddShell, PGPASSWORD: 'theirs' })

    const env = personsEnvironment({ PGHOST: 'here' })

    expect(env).toMatchObject({ FORCE_COLOR: '1', LANG: 'de_DE.UTF-8', PGHOST: 'here' })
    expect(env).toMatchObject({ PGPASSWORD: 'theirs' })
    expect(env).not.toHaveProperty('PGHOSTADDR')
    expect(env).not.toHaveProperty('DEBUG')
  })
})

describe('the JSON of a program', () => {
  const Form = z.object({ name: z.string() })

  test.for([
    ['alone', '{"name":"a"}\n'],
    ['behind other lines', '[custom build] Running\n{ not this }\n{\n  "name": "a"\n}\n'],
    ['before others', '{"name":"a"}\nUpdate available.\n'],
  ] as const)('is read %s', ([, text]) => {
    expect(readChildJson('it', Form, text)).toEqual({ name: 'a' })
  })

  test.for([
    ['nothing', '', 'it gave no JSON as it should, but nothing.'],
    ['words', '\u001B[31mNot today\u001B[0m', 'it gave no JSON as it should, but this:\nNot today'],
    ['another form', '{"id":1}', 'it gave no JSON as it should, but this:\n{"id":1}'],
    ['a token', `token: ${'canary'.repeat(5)}`, /but this:\ntoken: …$/],
    ['much', 'no '.repeat(999), /^.{300,360}…$/s],
  ] as const)('is not, and it says what came instead: %s', ([, text, message]) => {
    expect(() => readChildJson('it', Form, text)).toThrow(message)
  })
})
