// Takes over ten seconds on a busy machine: each way to end has a temporary cluster of its own.

import { once } from 'node:events'
import * as fs from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PostgresOptions, startPostgres } from '../src/postgres.ts'
import {
  createFolder,
  familyOf,
  keepBusy,
  launch,
  makeFolder,
  query,
  signalAll,
  untilGone,
} from './support/postgres-runs.ts'

// One kept cluster for all the tests that do not need a temporary one.
let folder: string
let dataDir: string

beforeAll(() => {
  folder = createFolder()
  dataDir = join(folder, 'made', 'on the way')
})
afterAll(() => fs.rmSync(folder, { recursive: true }))

async function expectFree(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  server.close()
}

describe('close', () => {
  test('leaves nothing behind of a temporary cluster', { tags: ['slow'] }, async () => {
    const TMPDIR = makeFolder()
    const run = await launch({}, { env: { TMPDIR } })
    const family = familyOf(run.launcher)

    await run.end('close')

    expect(family.length).toBeGreaterThan(5)
    await untilGone(family)
    expect(fs.readdirSync(TMPDIR)).toEqual([])
    await expectFree(run.port)
  })

  test('keeps the data of a folder, and says who asked for the end', {
    tags: ['slow'],
  }, async () => {
    const first = await startPostgres({ dataDir })
    await query(await first.createDatabase('users'), 'create table kept as select 42 as id')
    await Promise.all([first.close(), first.close()])

    const second = await startPostgres({ dataDir })

    expect(await first.exited).toEqual({ code: 0, signal: null, wasClosed: true })
    expect(await query(second.databaseUrl('users'), 'select id from kept')).toEqual([{ id: 42 }])
    expect(await query(second.url, 'show fsync')).toEqual([{ fsync: 'on' }])
    await second.close()
    expect(fs.readdirSync(dataDir).sort()).toEqual(['cluster', 'neon-local.lock', 'passwords.json'])
  })

  test('ends a server whose processes are frozen, without waiting for them', async () => {
    const postgres = await startPostgres({ dataDir })
    const session = await keepBusy(postgres.url)
    const family = familyOf(postgres.pid)
    signalAll(family, 'SIGSTOP')

    const start = Date.now()
    await postgres.close()

    // It would wait ten seconds before it uses force.
    expect(Date.now() - start).toBeLessThan(9_000)
    await untilGone(family)
    await session.ended
  })

  test('ends the busy sessions of a server that was killed, and tells of its end', async () => {
    const postgres = await startPostgres({ dataDir })
    const session = await keepBusy(postgres.url)
    const family = familyOf(postgres.pid)
    process.kill(postgres.pid, 'SIGKILL')
    const exit = await postgres.exited

    await postgres.close()

    expect(exit).toEqual({ code: null, signal: 'SIGKILL', wasClosed: false })
    await untilGone(family)
    await session.ended
  })
})

describe.skipIf(!fs.existsSync('/proc/sysvipc/shm'))('close', () => {
  test('gives the shared memory of a temporary server back that was killed', {
    tags: ['slow'],
  }, async () => {
    const TMPDIR = makeFolder()
    const run = await launch({}, { env: { TMPDIR } })
    const [pidFile = ''] = fs.globSync(join(TMPDIR, '*/cluster/postmaster.pid'))
    const segment = fs.readFileSync(pidFile, 'utf8').split('\n')[6]?.trim().split(/ +/)[1]
    const isAllocated = () => fs.readFileSync('/proc/sysvipc/shm', 'utf8').includes(` ${segment} `)
    expect(isAllocated()).toBe(true)
    process.kill(run.pid, 'SIGKILL')

    await run.end('close')

    expect(isAllocated()).toBe(false)
  })
})

describe('the end of the launcher', () => {
  test('by a bug leaves nothing behind', { tags: ['slow'] }, () =>
    expectNothingLeft('throw', { dataDir }),
  )

  // The clean-up is the one that `close` has, at the moment that the test above has.
  test('by exit leaves nothing behind of a temporary cluster', { tags: ['slow'] }, () =>
    expectNothingLeft('exit', {}),
  )

  async function expectNothingLeft(how: 'exit' | 'throw', options: PostgresOptions) {
    const TMPDIR = makeFolder()
    const run = await launch(options, { env: { TMPDIR } })
    const family = familyOf(run.launcher)

    await run.end(how)

    // At once: it is not left to the watchdog, which some systems lack.
    expect(fs.readdirSync(TMPDIR)).toEqual([])
    expect(fs.globSync('cluster/postmaster.pid', { cwd: dataDir })).toEqual([])
    await untilGone(family)
    await expectFree(run.port)
  }

  test('by kill -9 leaves nothing behind a moment later', async () => {
    const TMPDIR = makeFolder()
    const run = await launch({}, { env: { TMPDIR } })
    const family = familyOf(run.launcher)

    await run.end('kill')

    await untilGone(family)
    expect(fs.readdirSync(TMPDIR)).toEqual([])
    await expectFree(run.port)
  })
})
