import { describe, expect } from 'vitest'
import { test } from '../support/resource-copy.ts'

/** They know no resource by name. */
const generic = [
  ...['auth-matrix', 'canary', 'contract', 'fault-matrix', 'headers', 'problems', 'readiness'],
  ...['round-trips', 'worker-role'],
]

describe('a resource that was added as docs/adding-a-resource.md says', () => {
  test('keeps every rule of the house, and passes its tests', async ({ copy: { run } }) => {
    await run('node', 'scripts/db/generate.ts', '--name', 'create_projects')
    await run('node', 'scripts/build/openapi.ts')
    await run('biome', 'ci', '--vcs-enabled=false', '.')
    for (const project of ['.', 'src', 'test/worker']) {
      await run('tsc', '-p', project)
    }
    await run('knip')
    await run('node', 'scripts/check/check.ts')
    const { stdout } = await run('vitest', 'run', ...generic.map((name) => `test/service/${name}`))

    expect(stdout).toMatch(/Tests .*passed/)
  }, 900_000)
})
