import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import * as z from 'zod'
import { expectNothingLeft, test } from '../support/bench.ts'

const Figure = z.number().nonnegative()

const Scale = z.object({
  tables: z.array(z.object({ users: Figure, secondsPerMillion: Figure.positive() })),
  operations: z.array(
    z.object({
      name: z.string(),
      growth: Figure.positive(),
      cells: z.array(
        z.object({
          users: Figure,
          requests: Figure.positive(),
          status: z.literal([200, 201]),
          ms: Figure.positive(),
          roundTrips: Figure.positive(),
          buffers: Figure.positive(),
          executionMs: Figure.positive(),
          plan: z.string().min(1),
        }),
      ),
    }),
  ),
  bulk: z.object({
    users: z.literal(12_000),
    import: z.object({ apiSeconds: Figure.positive(), share: Figure.positive() }),
    export: z.object({ apiSeconds: Figure.positive(), share: Figure.positive() }),
  }),
})

describe('npm run bench', () => {
  test('measures cost against size, and leaves nothing', async ({ project, temporary }) => {
    const out = join(project.directory, 'measured')
    // Of a smaller table PostgreSQL would rather sort the rest.
    const args = ['--scale', '--sizes', '10000,12000', '--rounds', '1', '--out', out]

    const command = project.run('node', ['bench/bench.ts', ...args], { TMPDIR: temporary })

    expect(await command.ended, command.output()).toBe(0)
    const { operations } = Scale.parse(JSON.parse(await readFile(join(out, 'scale.json'), 'utf8')))
    expect(operations.map(({ name, cells }) => [name, cells.map(({ users }) => users)])).toEqual(
      [
        ...['id', '-id', 'name', '-name', 'email', '-email'].flatMap((sort) =>
          ['first', 'deep', 'walk'].map((page) => `list ${sort}, ${page}`),
        ),
        'get',
        'email filter',
        'search, selective',
        'search, frequent',
        'search, unselective',
        'search, no index',
        'count=exact',
        'export',
        'create',
        'import of 5,000',
      ].map((name) => [name, [10_000, 12_000]]),
    )
    for (const { name, cells } of operations.filter((each) => each.name.startsWith('list'))) {
      for (const { plan, buffers } of cells) {
        expect(plan, name).toMatch(/Index Scan users_\w+/)
        expect(plan, name).not.toContain('Sort')
        // The page, one more, and the way down the index.
        expect(buffers, name).toBeLessThan(60)
      }
    }
    expect(await readFile(join(out, 'scale.svg'), 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/)
    await expectNothingLeft(temporary)
  })
})
