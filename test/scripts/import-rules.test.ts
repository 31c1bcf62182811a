import { spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'

/** What each file may not import, and how the refusal begins. */
const refused = {
  'src/rules.ts': [['zod', 'This file imports nothing']],
  'src/errors.ts': [['./rules.ts', 'This file imports nothing']],
  'src/config.ts': [['./errors.ts', 'config.ts knows zod']],
  'src/db/client.ts': [
    ['../users/schema.ts', 'db/ builds on'],
    ['hono', 'HTTP stays in http/'],
  ],
  'src/http/log.ts': [
    ['../db/client.ts', 'http/ serves any resource'],
    ['../users/schema.ts', 'http/ serves any resource'],
    ['drizzle-orm', 'http/ serves any resource'],
  ],
  'src/users/create.ts': [
    ['hono', 'HTTP stays in http/'],
    ['../http/validate.ts', 'HTTP stays in http/'],
    ['@neondatabase/serverless', 'Only src/db/ speaks'],
  ],
  'src/users/schema.ts': [['drizzle-orm', 'A schema builds on']],
  'src/users/routes.ts': [['drizzle-orm', 'A route parses']],
  'src/health/routes.ts': [['../db/tables.ts', 'A route parses']],
  'src/app.ts': [
    ['node:fs', 'The Worker imports only src/'],
    ['cloudflare:workers', 'The Worker imports only src/'],
    ['../neon-local/endpoint.ts', 'The Worker imports only src/'],
  ],
  'src/worker.ts': [['../scripts/seed.ts', 'worker.ts joins']],
  'neon-local/endpoint.ts': [['../src/rules.ts', 'neon-local stands alone']],
} as const

const allowed = {
  'src/users/get.ts': ['../db/client.ts', 'drizzle-orm', '../errors.ts'],
  'src/users/routes.ts': ['../http/validate.ts', './create.ts', 'hono'],
  'src/http/problems.ts': ['../errors.ts', 'hono'],
  'src/db/fetch.ts': ['@neondatabase/serverless', '../rules.ts', '../errors.ts'],
  'src/worker.ts': ['cloudflare:workers', './app.ts'],
}

/** The messages of the import rules for files that import these, in order. */
async function lint(files: Record<string, readonly string[]>): Promise<string[]> {
  const directory = await mkdtemp(join(tmpdir(), 'edge-users-lint-'))
  for (const [file, specifiers] of Object.entries(files)) {
    await mkdir(join(directory, dirname(file)), { recursive: true })
    await writeFile(join(directory, file), specifiers.map((each) => `import '${each}'\n`).join(''))
  }
  await cp('biome.json', join(directory, 'biome.json'))

  const rule = 'style/noRestrictedImports'
  const { stdout } = spawnSync(
    'biome',
    ['lint', '--vcs-enabled=false', `--only=${rule}`, '--max-diagnostics=none', '--reporter=json'],
    { cwd: directory, encoding: 'utf8' },
  )
  await rm(directory, { recursive: true })
  const { diagnostics }: { diagnostics: unknown[] } = JSON.parse(stdout)
  return diagnostics.map((diagnostic) => JSON.stringify(diagnostic))
}

describe('the import rules', () => {
  test('refuse what crosses a layer, each in a sentence', async () => {
    const planted = Object.entries(refused).flatMap(([file, imports]) =>
      imports.map(([specifier, sentence]) => ({ file, specifier, sentence })),
    )

    const messages = await lint(
      Object.fromEntries(
        Object.entries(refused).map(([file, imports]) => [file, imports.map(([each]) => each)]),
      ),
    )

    expect(messages).toHaveLength(planted.length)
    for (const { file, sentence } of planted) {
      expect(messages.filter((each) => each.includes(file)).join()).toContain(sentence)
    }
  })

  test('let the layers be', async () => {
    expect(await lint(allowed)).toEqual([])
  })
})
