// Takes over ten seconds: texts of megabytes, each measured beside shorter ones, several times
// over.

import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, inject } from 'vitest'
import { startService } from '../../bench/contestants.ts'
import type { Input } from '../../bench/inputs/input.ts'
import { measureInput } from '../../bench/inputs/measure.ts'
import { inputs } from '../../bench/inputs/texts.ts'
import { startTokens } from '../../bench/inputs/tokens.ts'
import { newAgent } from '../../bench/load.ts'
import { readRuntime } from '../../scripts/build/runtime.ts'
import { createKey } from '../../scripts/keys/key.ts'
import type { TestDatabase } from '../support/database.ts'
import { ada } from '../support/people.ts'
import { test } from '../support/shared-test.ts'
import { asWorker } from '../support/worker-role.ts'

const marks = (bytes: number) => `a${'\u0345\u0301\u0323\u0334'.repeat(bytes / 8)}`

/** The Worker in workerd alone, whose CPU is nobody else's. */
async function startMeasured(stack: AsyncDisposableStack, databaseUrl: string) {
  const folder = await mkdtemp(join(tmpdir(), 'edge-users-inputs-'))
  stack.defer(() => rm(folder, { recursive: true }))
  const tokens = await startTokens(stack)
  const key = createKey()
  const where = { url: asWorker(databaseUrl), endpoint: { url: inject('endpointUrl') } }
  const service = await startService(stack, folder, await readRuntime(), where, key, {
    variables: tokens.variables,
    bundle: async () => {
      const main = join(folder, 'service', 'worker.js')
      await mkdir(join(folder, 'service'))
      await copyFile(join(inject('workerDir'), 'worker.js'), main)
      return main
    },
  })
  const agent = newAgent(1)
  stack.defer(() => agent.destroy())
  return { tokens, key, service, agent }
}

/** Twice what a text of eight times the length should cost, as any measurement is rough. */
const most = 16

/**
 * How many times the CPU a text takes that is eight times as long: sixty-four, where the cost is
 * that of the square.
 */
async function growthOf(
  database: TestDatabase,
  isChosen: (input: Input) => boolean,
): Promise<Map<string, number>> {
  await using stack = new AsyncDisposableStack()
  const { tokens, key, service, agent } = await startMeasured(stack, database.url)
  const growth = new Map<string, number>()

  for (const input of [...inputs, ...tokens.inputs].filter(isChosen)) {
    const lengths = [input.lengths.at(-4) ?? 0, input.lengths.at(-1) ?? 0]
    const measure = async (rounds: number) => {
      const { cells } = await measureInput({ ...input, lengths }, service, key, agent, rounds)
      const [short, long] = cells.map(({ cpuUs }) => cpuUs)
      return (long ?? 0) / (short ?? 1)
    }
    const times = await measure(2)
    // More rounds where two were not enough to tell, on a busy machine.
    growth.set(input.name, times > most ? await measure(5) : times)
  }
  return growth
}

describe('a text that somebody sends', () => {
  test('costs no more than its length, whatever it is', {
    tags: ['slow'],
    timeout: 300_000,
  }, async ({ database }) => {
    const growth = await growthOf(database, () => true)

    expect(growth.size).toBeGreaterThan(25)
    expect([...growth].filter(([, times]) => times > most)).toEqual([])
  })

  test('costs no more than its length, as a name, an email or a token', async ({ database }) => {
    const names = ['name: combining marks', 'email: no domain', 'token: groups']
    const growth = await growthOf(database, ({ name }) => names.includes(name))

    expect([...growth.keys()].toSorted()).toEqual(names.toSorted())
    expect([...growth].filter(([, times]) => times > most)).toEqual([])
  })

  test('is refused with one fault when it is too long', async ({ service }) => {
    const name = await service.request('POST', '/users', { ...ada, name: marks(8 * 1_024) })
    const email = await service.request('POST', '/users', {
      ...ada,
      email: `${'@'.repeat(10_000)}.`,
    })
    const search = await service.request('GET', `/users?q=${'%CC%81'.repeat(2_000)}`)
    const tags = await service.request('GET', '/users/1', undefined, {
      'If-None-Match': '"1",'.repeat(2_000),
    })
    const cursor = await service.request('GET', `/users?cursor=${'A'.repeat(10_000)}`)

    expect(name).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/name', detail: 'must have 1 to 200 characters' }] },
    })
    expect(email).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/email', detail: 'must have at most 254 characters' }] },
    })
    expect(search).toMatchObject({ status: 422, body: { errors: [{ parameter: 'q' }] } })
    expect(tags).toMatchObject({
      status: 422,
      body: { errors: [{ header: 'If-None-Match', detail: 'must have at most 4096 characters' }] },
    })
    expect(cursor).toMatchObject({ status: 400, body: { type: '/problems/invalid-cursor' } })
    for (const { body } of [name, email, search, tags]) {
      expect(Object(body).errors).toHaveLength(1)
    }
  })

  test('is not read as Content-Type when it is too long', async ({ service }) => {
    const value = `application/json${';a=b'.repeat(1_000)}`

    const answer = await service.request('POST', '/users', ada, { 'Content-Type': value })

    expect(answer.status).toBe(415)
  })
})
