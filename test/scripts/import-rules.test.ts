import { spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'

/** What each file may not import. */
const refused = {
  'src/name-rules.ts': ['zod', './errors.ts'],
  'src/errors.ts': ['./name-rules.ts', './users/input.ts', 'zod'],
  'src/resources.ts': ['./users/input.ts', './errors.ts'],
  'src/users/resource.ts': ['./input.ts', '../errors.ts', 'zod'],
  'src/config.ts': ['./errors.ts', 'hono', 'drizzle-orm'],
  'src/db/connection.ts': [
    '../openapi.ts',
    '../users/input.ts',
    '../worker.ts',
    '../config.ts',
    'hono',
    'zod',
  ],
  'src/http/log.ts': [
    '../client.ts',
    '../openapi.ts',
    '../db/connection.ts',
    '../users/input.ts',
    '../health/check.ts',
    '../app.ts',
    '../worker.ts',
    'drizzle-orm',
  ],
  'src/users/no-users.ts': [
    '../client.ts',
    '../client/send.ts',
    '../openapi.ts',
    '../openapi/components.ts',
    'hono',
    'hono/factory',
    'zod',
    '../http/validate.ts',
    '../config.ts',
    '../app.ts',
    '../health/check.ts',
    '@neondatabase/serverless',
    '../teams/list.ts',
  ],
  'src/users/table.ts': ['../rows/create.ts', '../db/connection.ts', '../http/links.ts', 'zod'],
  'src/users/client.ts': [
    '../db/connection.ts',
    './routes.ts',
    './table.ts',
    'hono',
    'drizzle-orm',
  ],
  'src/rows/create.ts': ['../users/table.ts', '../http/links.ts', '../config.ts', 'hono', 'zod'],
  'src/fields.ts': ['./errors.ts', './users/input.ts', 'drizzle-orm'],
  'src/paging.ts': ['./errors.ts', './users/input.ts', 'drizzle-orm'],
  'src/multiline-rule.ts': ['./fields.ts', 'zod'],
  'src/users/input.ts': [
    '../openapi.ts',
    'drizzle-orm',
    '../config.ts',
    '../db/connection.ts',
    './no-users.ts',
    './table.ts',
    'hono',
  ],
  'src/users/routes.ts': [
    'drizzle-orm',
    '../app.ts',
    '../db/deadline-and-retries.ts',
    '../health/check.ts',
  ],
  'src/users/contract.ts': ['./routes.ts', '../app.ts', './table.ts', 'drizzle-orm', 'hono'],
  // Of a folder that does not exist yet.
  'src/teams/get.ts': ['../users/get.ts', '../http/validate.ts', '../openapi/document.ts', 'zod'],
  'src/teams/routes.ts': ['drizzle-orm', '../users/create.ts'],
  'src/teams/input.ts': ['../config.ts', 'drizzle-orm', './get.ts'],
  'src/teams/contract.ts': ['./routes.ts', '../users/contract.ts'],
  'src/teams/resource.ts': ['../errors.ts'],
  'src/health/routes.ts': ['../openapi.ts', '../users/table.ts', '../users/no-users.ts'],
  'src/pages/routes.ts': [
    '../openapi.ts',
    'zod',
    'drizzle-orm',
    '../db/connection.ts',
    '../users/get.ts',
    'node:fs',
  ],
  'src/app.ts': [
    './client.ts',
    './openapi.ts',
    'node:fs',
    'cloudflare:workers',
    'drizzle-orm',
    './users/no-users.ts',
    './worker.ts',
    // Of devDependencies.
    'neon-local',
  ],
  'src/client.ts': [
    './users/routes.ts',
    './config.ts',
    './name-rules.ts',
    './http/problems.ts',
    './worker.ts',
    'hono',
    'zod',
    'node:fs',
  ],
  'src/client/send.ts': ['../users/create.ts', '../db/connection.ts', 'hono/factory'],
  'src/contracts.ts': ['./users/input.ts', './users/routes.ts', 'hono'],
  'src/app-routes.ts': ['./users/routes.ts', './worker.ts', 'hono', 'drizzle-orm'],
  'src/openapi.ts': [
    './users/routes.ts',
    './users/create.ts',
    './users/input.ts',
    './http/validate.ts',
    './app.ts',
    './users/table.ts',
    'hono',
    'node:fs',
  ],
  'src/openapi/document.ts': [
    '../users/no-users.ts',
    '../users/contract.ts',
    '../worker.ts',
    'drizzle-orm',
  ],
  'src/worker.ts': [
    '../scripts/db/seed.ts',
    'drizzle-orm',
    'hono',
    './http/log.ts',
    './users/table.ts',
    './client.ts',
    './openapi.ts',
    './openapi/headers.ts',
  ],
  'packages/neon-local/src/endpoint.ts': [
    '../../../src/name-rules.ts',
    '../../scripts/command/ports.ts',
  ],
  'packages/neon-local/src/endpoint/routes.ts': ['../../../../src/name-rules.ts', 'zod'],
  'packages/neon-local/test/faults.test.ts': ['../../../test/support/people.ts'],
  'packages/neon-local/test/support/test-server.ts': ['../../../../scripts/command/ports.ts'],
  'packages/neon-local/pack.ts': ['../../scripts/command/child.ts'],
  'site/problem-pages.ts': ['../src/name-rules.ts', '../scripts/build/site.ts'],
  'site/console/pages.ts': [
    '../../src/http/auth.ts',
    '../../src/users/rows.ts',
    '../../scripts/users/import.ts',
    '../../scripts/command/command.ts',
    'node:fs',
  ],
  'scripts/dev/dev.ts': ['../../test/support/people.ts'],
}

const allowed = {
  'src/errors.ts': ['./problem-statuses.ts'],
  'src/problem-statuses.ts': ['./resources.ts'],
  'src/resources.ts': ['./users/resource.ts', './teams/resource.ts'],
  'src/config.ts': ['zod', './resources.ts'],
  'src/db/deadline-and-retries.ts': [
    '@neondatabase/serverless',
    'drizzle-orm/pg-core',
    '../name-rules.ts',
    '../errors.ts',
  ],
  'src/http/problems.ts': [
    '../errors.ts',
    '../invisible.ts',
    './request.ts',
    'hono',
    'hono/factory',
  ],
  'src/rows/create.ts': [
    '../db/connection.ts',
    'drizzle-orm',
    '../errors.ts',
    './rows.ts',
    '../json.ts',
  ],
  'src/users/no-users.ts': [
    '../db/connection.ts',
    'drizzle-orm',
    '../errors.ts',
    './input.ts',
    '../rows/list.ts',
    '../teams/rows.ts',
  ],
  'src/paging.ts': ['./fields.ts', 'zod'],
  'src/multiline-rule.ts': ['./rule.ts'],
  'src/users/input.ts': ['zod', '../name-rules.ts', '../fields.ts', '../paging.ts'],
  'src/users/table.ts': ['drizzle-orm/pg-core', '../rows/columns.ts', '../name-rules.ts'],
  'src/users/client.ts': ['hono/client', '../client/answers.ts', './rows.ts'],
  'src/users/routes.ts': [
    '../http/validate.ts',
    './no-users.ts',
    'hono',
    '../rows/get.ts',
    '../shared.ts',
  ],
  'src/pages/routes.ts': ['hono', '../http/request.ts', '../errors.ts'],
  'src/app.ts': ['hono', './pages/routes.ts', './users/routes.ts', './users/table.ts'],
  'src/client.ts': [
    'hono/client',
    './client/send.ts',
    './errors.ts',
    './app.ts',
    './users/client.ts',
  ],
  'src/client/answers.ts': ['hono/client', './types.ts', '../errors.ts', '../app.ts'],
  'src/contracts.ts': [
    './users/contract.ts',
    './teams/contract.ts',
    './openapi/common-problem-texts.ts',
  ],
  'src/app-routes.ts': ['./app.ts', './db/connection.ts'],
  'src/openapi.ts': ['./app-routes.ts', './contracts.ts', './openapi/document.ts'],
  'src/openapi/demands.ts': ['hono/types', '../http/auth.ts', '../http/validate.ts'],
  'src/openapi/pieces.ts': ['zod/mini', '../rows/rows.ts', '../rows/conflict-codes.ts'],
  'src/openapi/components.ts': ['zod/mini', '../../package.json', '../errors.ts', './headers.ts'],
  'src/users/contract.ts': [
    'zod/mini',
    './input.ts',
    './resource.ts',
    '../openapi/pieces.ts',
    './rows.ts',
    './rules.ts',
    '../name-rules.ts',
  ],
  'src/teams/get.ts': ['../db/connection.ts', 'drizzle-orm', '../users/table.ts', '../errors.ts'],
  'src/teams/table.ts': ['drizzle-orm/pg-core', '../rows/columns.ts', '../users/table.ts'],
  'src/teams/routes.ts': ['hono', '../http/validate.ts', './get.ts', '../rows/create.ts'],
  'src/worker.ts': [
    'cloudflare:workers',
    './app.ts',
    './config.ts',
    './db/connection.ts',
    './rows/purge.ts',
  ],
  'packages/neon-local/src/endpoint.ts': ['./errors.ts', 'node:http', 'pg'],
  'packages/neon-local/test/support/test-server.ts': [
    '../../src/endpoint.ts',
    './postgres-runs.ts',
  ],
  'site/problem-pages.ts': ['../src/contracts.ts', '../src/errors.ts', 'node:http'],
  'site/console/import/read-file.ts': [
    '../failure.ts',
    '../../../src/client.ts',
    '../../../src/users/input.ts',
    '../../../scripts/users/import/layout.ts',
    '../../../scripts/command/command-error.ts',
    'preact',
  ],
  'scripts/dev/dev.ts': ['neon-local', '../../src/users/table.ts', '../../site/problem-pages.ts'],
}

/** The files of the refusals, one for each import that is refused. */
async function lint(files: Record<string, readonly string[]>): Promise<string[]> {
  const directory = await mkdtemp(join(tmpdir(), 'edge-users-lint-'))
  for (const [file, specifiers] of Object.entries(files)) {
    await mkdir(join(directory, dirname(file)), { recursive: true })
    await writeFile(join(directory, file), specifiers.map((each) => `import '${each}'\n`).join(''))
  }
  // Which packages a file may import, those tell.
  for (const file of ['biome.json', 'package.json', 'packages/neon-local/package.json']) {
    await cp(file, join(directory, file))
  }

  const rules = ['style/noRestrictedImports', 'correctness/noUndeclaredDependencies']
  const { stdout } = spawnSync(
    'biome',
    [
      ...['lint', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=json'],
      ...rules.map((rule) => `--only=${rule}`),
    ],
    { cwd: directory, encoding: 'utf8' },
  )
  await rm(directory, { recursive: true })
  return Report.parse(JSON.parse(stdout)).diagnostics.map(({ location }) => location.path)
}

const Report = z.object({
  diagnostics: z.array(z.object({ location: z.object({ path: z.string() }) })),
})

describe('the import rules', () => {
  test('refuse what crosses a layer', async () => {
    const planted = Object.entries(refused).flatMap(([file, imports]) => imports.map(() => file))

    expect((await lint(refused)).sort()).toEqual(planted.sort())
  })

  test('let the layers be', async () => {
    expect(await lint(allowed)).toEqual([])
  })
})
