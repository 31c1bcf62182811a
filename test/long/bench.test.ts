import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import * as z from 'zod'
import { expectNothingLeft, processesWith, test } from '../support/bench.ts'

const Figure = z.number().nonnegative()

const Results = z.object({
  operations: z.array(
    z.object({
      operation: z.string(),
      contestants: z.array(
        z.object({
          contestant: z.string(),
          medians: z.object({
            requests: Figure.min(4),
            requestsPerSecond: Figure.positive(),
            p50Ms: Figure.positive(),
            p99Ms: Figure.positive(),
            cpuUs: process.platform === 'win32' ? z.null() : Figure.positive(),
            roundTrips: Figure,
            answerBytes: Figure,
            bytesToDatabase: Figure,
            bytesFromDatabase: Figure,
          }),
        }),
      ),
    }),
  ),
})

const short = ['--rounds', '1', '--seconds', '0.05', '--warm-up', '0.05', '--users', '400']

describe('npm run bench', () => {
  test('measures every operation of all four, and leaves nothing', { timeout: 300_000 }, async ({
    project,
    temporary,
  }) => {
    const out = join(project.directory, 'measured')

    const command = project.run('node', ['bench/bench.ts', ...short, '--out', out], {
      TMPDIR: temporary,
    })

    expect(await command.ended, command.output()).toBe(0)
    const { operations } = Results.parse(
      JSON.parse(await readFile(join(out, 'results.json'), 'utf8')),
    )
    expect(
      operations.map(({ operation, contestants }) => [
        operation,
        contestants.map(({ contestant, medians }) => [contestant, medians.roundTrips]),
      ]),
    ).toEqual(
      ['list', 'get', 'create', 'patch', 'search', '401'].map((operation) => [
        operation,
        ['service', 'handmade', 'floor', 'plain'].map((name) => [
          name,
          operation === '401' ? 0 : 1,
        ]),
      ]),
    )
    expect(await readFile(join(out, 'chart.svg'), 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/)
    await expectNothingLeft(temporary)
  })

  test('starts all four, and leaves nothing at Ctrl-C', {
    timeout: 300_000,
  }, async ({ project, temporary }) => {
    const args = ['bench/bench.ts', '--rounds', '100', '--users', '400', '--only', 'create']
    const command = project.run('node', args, { TMPDIR: temporary })
    // The last to be started.
    const plain = join(temporary, 'edge-users-bench-*', 'plain', 'workerd.capnp')
    await expect.poll(() => Array.fromAsync(glob(plain)), { timeout: 240_000 }).toHaveLength(1)
    const running = await processesWith(temporary)

    command.child.kill('SIGINT')

    expect(await command.ended, command.output()).toBe(0)
    expect(running.length).toBeGreaterThan(5)
    await expectNothingLeft(temporary)
  })
})
