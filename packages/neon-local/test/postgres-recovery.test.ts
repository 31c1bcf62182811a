// Takes over ten seconds on a busy machine: twelve servers start, and most are killed.

import * as fs from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPostgres } from '../src/postgres.ts'
import { copyFreshDataFolder } from './support/fresh-data-folder.ts'
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

// One cluster for all of these tests: none of them may leave it in a state that the next minds.
let folder: string
let dataDir: string

beforeAll(async () => {
  folder = createFolder()
  dataDir = join(folder, 'data')
  await copyFreshDataFolder(dataDir)
  const postgres = await startPostgres({ dataDir })
  await query(postgres.url, 'create table kept as select 42 as id')
  await postgres.close()
})
afterAll(() => fs.rmSync(folder, { recursive: true }))

async function expectData(port?: number): Promise<void> {
  const postgres = await startPostgres({ dataDir, port })
  try {
    expect(await query(postgres.url, 'select id from kept')).toEqual([{ id: 42 }])
  } finally {
    await postgres.close()
  }
}

describe('a data folder', () => {
  test('outlives kill -9 of the launcher, whose server ends by itself', async () => {
    const run = await launch({ dataDir })

    await run.end('kill')

    await untilGone([run.pid], 5_000)
    await expectData(run.port)
  })

  test('outlives kill -9 of all but the server, which the next run ends', {
    tags: ['slow'],
  }, async () => {
    const run = await launch({ dataDir })
    const session = await keepBusy(run.url)
    const watchdogs = familyOf(run.launcher).filter(
      (pid) => pid !== run.launcher && !familyOf(run.pid).includes(pid),
    )
    signalAll(watchdogs, 'SIGKILL')
    await run.end('kill')
    const orphans = familyOf(run.pid)
    expect(orphans).toContain(run.pid)

    await expectData(run.port)

    await untilGone(orphans)
    await session.ended
  })

  test('outlives kill -9 of all but a session that is busy', { tags: ['slow'] }, async () => {
    const run = await launch({ dataDir })
    const session = await keepBusy(run.url)
    const family = familyOf(run.launcher)
    process.kill(run.pid, 'SIGKILL')
    await run.end('kill')

    await expectData()

    await untilGone(family)
    await session.ended
  })

  test('outlives a frozen server whose launcher was killed', { tags: ['slow'] }, async () => {
    const run = await launch({ dataDir })
    const family = familyOf(run.launcher).filter((pid) => pid !== run.launcher)
    signalAll(family, 'SIGSTOP')
    await run.end('kill')

    const start = Date.now()
    await expectData(run.port)

    expect(Date.now() - start).toBeLessThan(3_000)
    signalAll(family, 'SIGCONT')
    await untilGone(family)
  })

  test('is opened when another program has got the process id of the server', {
    tags: ['slow'],
  }, async () => {
    const run = await launch({ dataDir })
    await run.end('close')
    const lines = [process.pid, join(dataDir, 'cluster'), 1, 5432, '', '127.0.0.1', '1 1', 'ready']
    fs.writeFileSync(join(dataDir, 'cluster', 'postmaster.pid'), lines.join('\n'))

    await expectData()
  })

  test('is made anew when its making was interrupted, even while the maker lives on', {
    tags: ['slow'],
  }, async () => {
    const unmade = join(makeFolder(), 'data')
    const making = launch({ dataDir: unmade })
    making.catch(() => {})
    const isHalfMade = () =>
      fs.existsSync(unmade) && fs.globSync('cluster.unfinished-*/base', { cwd: unmade }).length > 0
    await expect.poll(isHalfMade, { interval: 5, timeout: 5_000 }).toBe(true)
    const launcher = Number.parseInt(fs.readFileSync(join(unmade, 'launcher.pid'), 'utf8'), 10)
    const [, watchdog = 0, ...makers] = familyOf(launcher)
    signalAll([watchdog, launcher], 'SIGKILL')
    expect(makers).not.toEqual([])

    const postgres = await startPostgres({ dataDir: unmade })

    expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }])
    await postgres.close()
    await untilGone(makers)
    expect(fs.readdirSync(unmade).sort()).toEqual(['cluster', 'neon-local.lock', 'passwords.json'])
  })
})
