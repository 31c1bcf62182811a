// Runs of the bench are in test/long/bench.test.ts and, of `--scale`, in test/long/bench-scale.test.ts; here
// PostgreSQL tells the plans of its requests.

import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, inject, onTestFinished, vi } from 'vitest'
import { newAgent, putUnderLoad } from '../../bench/load.ts'
import { readOptions } from '../../bench/options.ts'
import { pricePerMillion } from '../../bench/prices.ts'
import { startRecipe } from '../../bench/recipe.ts'
import { type Answer, ask, newScaleAgent } from '../../bench/scale/ask.ts'
import { scaleChartOf } from '../../bench/scale/chart.ts'
import { fill } from '../../bench/scale/fill.ts'
import { check } from '../../bench/scale/measure.ts'
import { scaleOperations } from '../../bench/scale/operations.ts'
import { workOf } from '../../bench/scale/plans.ts'
import { startRecorder } from '../../bench/scale/recorder.ts'
import { createPeople } from '../../bench/scale/sample.ts'
import { readSubject, type Subject } from '../../bench/scale/subject.ts'
import { inSession } from '../../scripts/postgres/connection.ts'
import { test } from '../support/bench.ts'
import { cloneDatabase } from '../support/database.ts'
import { listen } from '../support/listen.ts'
import { startService } from '../support/service.ts'
import { asWorker } from '../support/worker-role.ts'

const tooBroad = '{"type":"/problems/search-too-broad"}'

/** A `python3` that is found first. */
async function stubPython(folder: string, script: string) {
  await writeFile(join(folder, 'python3'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`)
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
}

describe.skipIf(process.platform === 'win32')('the Python recipe', () => {
  const where = { url: 'postgresql://ada@127.0.0.1/users' }

  test('is asked where its server says that it listens', async ({ temporary }) => {
    await stubPython(
      temporary,
      'echo "INFO: Uvicorn running on http://127.0.0.1:4321" >&2; exec sleep 60',
    )
    await using stack = new AsyncDisposableStack()

    const { url, pid } = await startRecipe(stack, where, 'key')

    expect(url.href).toBe('http://127.0.0.1:4321/')
    expect(pid).toBeGreaterThan(1)
  })

  test('that cannot start says what it needs', async ({ temporary }) => {
    await stubPython(temporary, 'echo "No module named uvicorn" >&2; exit 1')
    await using stack = new AsyncDisposableStack()

    await expect(startRecipe(stack, where, 'key')).rejects.toThrow(
      /bench\/recipe\/README\.md says what it needs\.\n\nNo module named uvicorn/,
    )
  })
})

test('a million requests cost what their CPU and their bytes cost', () => {
  expect(
    pricePerMillion({ workerdUs: 1_000, postgresUs: 3_600, bytesFromDatabase: 10_000 }),
  ).toEqual({ requests: 0.3, workersCpu: 0.02, neonCompute: 0.106, neonTransfer: 1 })
})

describe('the scale of the bench', () => {
  test('goes on when a search is ended, and with no other answer that is not due', () => {
    const [operation] = scaleOperations
    const subject = { users: 10_000_000 } as Subject
    const answer = (status: number, text: string) => ({ status, text }) as Answer
    const judged = (given: Answer) => () =>
      operation && check({ ...operation, faultOf: () => undefined }, subject, given)

    for (const given of [answer(200, '[]'), answer(503, ''), answer(422, tooBroad)]) {
      expect(judged(given)()).toBe(given)
    }
    expect(judged(answer(422, '{"type":"/problems/request-invalid"}'))).toThrow(
      /on a table of 10000000 users has status 422/,
    )
  })

  test('is drawn from what was measured', async () => {
    const [measured, drawn] = ['bench/scale.json', 'bench/scale.svg']

    expect(scaleChartOf(JSON.parse(await readFile(measured, 'utf8')))).toBe(
      await readFile(drawn, 'utf8'),
    )
  })

  test('finds every page of a list by an index, and sorts nothing', {
    tags: ['slow'],
  }, async () => {
    await using stack = new AsyncDisposableStack()
    const database = await cloneDatabase(inject('postgresUrl'), inject('templateUrl'))
    stack.defer(() => database.drop())
    const url = asWorker(database.url)
    const { pathname } = new URL(url)
    const superuserUrl = Object.assign(new URL(inject('superuserUrl')), { pathname }).href
    await inSession(database.url, createPeople)
    // Of a smaller table PostgreSQL would rather sort the rest.
    await fill({ ownerUrl: database.url, superuserUrl }, 10_000, new AbortController().signal)
    const subject = await readSubject({ ownerUrl: database.url, url }, 10_000)
    const recorder = await startRecorder(stack)
    const { url: address, close } = await startService(inject('workerDir'), {
      DATABASE_URL: url,
      NEON_ENDPOINT: recorder.url,
    })
    stack.defer(close)
    const agent = newScaleAgent()
    stack.defer(() => agent.destroy())
    const plans: Record<string, string> = {}

    for (const operation of scaleOperations.filter(({ writes }) => !writes)) {
      const { name, request } = operation
      await ask({ url: address, key: '', agent }, await request(subject, 0, url, undefined))
      const { plan, buffers } = await workOf(database.url, recorder.take())
      plans[name] = plan
      // The page, one more, and the way down the index.
      expect(name.startsWith('list') ? buffers : 0, name).toBeLessThan(60)
    }

    expect(Object.keys(plans).length).toBeGreaterThan(24)
    for (const [name, plan] of Object.entries(plans).filter(([each]) => each.startsWith('list'))) {
      expect(plan, name).toMatch(/Index Scan users_\w+/)
      expect(plan, name).not.toContain('Sort')
    }
  })
})

describe('npm run bench', () => {
  test.for([
    [500, ''],
    [200, '[]'],
    [200, '[{"email":"ada@example.com"}]'],
  ] as const)('blames who answers wrongly: %s %s', async ([status, body]) => {
    await using stack = new AsyncDisposableStack()
    const server = createServer((_, response) => response.writeHead(status).end(body))
    stack.defer(() => void server.close())
    const url = new URL(`http://127.0.0.1:${await listen(server)}`)
    const agent = newAgent(1)
    stack.defer(() => agent.destroy())
    const request = { method: 'GET', path: '/users', hasKey: true }
    const operation = { request: () => request, status: 200, users: 2 }

    const load = { name: 'plain', url, key: 'key', agent, operation, concurrency: 1, seconds: 0.1 }

    await expect(putUnderLoad({ ...load, nextNumber: () => 1 })).rejects.toThrow(
      /^plain answered GET \/users with status \d+ and \d users, where status 200 and 2 users were due\.$/,
    )
  })

  test.for([
    [['--only', 'lists'], '--only must name one or more of list, get, create'],
    [['--sizes', '1000,many'], '--sizes must be a whole number from 1000 to 100000000.'],
    [['--rounds', '0'], '--rounds must be a whole number from 1 to 100.'],
    [['--prot', '1'], 'Usage: npm run bench'],
  ] as const)('explains %j', ([options, sentence]) => {
    expect(() => readOptions([...options])).toThrow(sentence)
  })

  test('explains so in a sentence', { tags: ['slow'] }, async ({ project }) => {
    const command = project.run('node', ['bench/bench.ts', '--prot', '1'])

    expect(await command.ended).toBe(2)
    expect(command.output()).toContain('Usage: npm run bench')
    expect(command.output()).not.toMatch(/^\s+at /m)
  })
})
