// Takes over ten seconds: it runs the tests of a copy of the project, with a PostgreSQL of its own.

import { describe, expect } from 'vitest'
import { test } from '../support/resource-copy.ts'

describe('docs/adding-a-resource.md', () => {
  test('changes three files, and adds eight', ({ copy: { files } }) => {
    const changed = files.filter((file) => !file.includes('projects'))

    expect(changed).toEqual(['src/resources.ts', 'src/app.ts', 'src/client.ts'])
    expect(files).toHaveLength(changed.length + 8)
  })

  test('is written as this house is', async ({ copy: { files, run } }) => {
    await run('biome', 'ci', '--vcs-enabled=false', ...files)
  })

  test('leads to a resource that is migrated, in the contract, and tested', {
    tags: ['slow'],
  }, async ({ copy: { run } }) => {
    await run('node', 'scripts/db/generate.ts', '--name', 'create_projects')
    await run('node', 'scripts/build/openapi.ts')
    const { stdout } = await run('vitest', 'run', 'test/service/projects')

    expect(stdout).toMatch(/Tests .*5 passed/)
  })
})
