import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type Postgres, startPostgres } from '../src/postgres.ts'
import { copyFreshDataFolder } from './support/fresh-data-folder.ts'
import { createFolder, query } from './support/postgres-runs.ts'

const log: string[] = []
let postgres: Postgres

beforeAll(async () => {
  const folder = createFolder()
  const dataDir = join(folder, 'data')
  await copyFreshDataFolder(dataDir)
  postgres = await startPostgres({ dataDir, onLog: (line) => log.push(line) })
  return async () => {
    await postgres.close()
    rmSync(folder, { recursive: true })
  }
})

const numbers = Array.from({ length: 8 }, (_, index) => index)

describe('createDatabase', () => {
  test.for(['plain', `With "quotes" and 'quotes'`, 'ünïcode 50%'])(
    'creates %s, and leaves it as it is the next time',
    async (name) => {
      const url = await postgres.createDatabase(name)
      await query(url, 'create table kept ()')

      const again = await postgres.createDatabase(name)

      expect(again).toBe(url)
      expect(
        await query(again, "select current_database() as name, 'kept'::regclass"),
      ).toMatchObject([{ name }])
    },
  )

  test('takes nothing from the variables of a shell', async () => {
    onTestFinished(() => void vi.unstubAllEnvs())
    vi.stubEnv('PGSSLMODE', 'require')

    await expect(postgres.createDatabase('in_a_shell')).resolves.toContain('/in_a_shell')
  })

  test('does not fill the log with errors over a database that is there', async () => {
    await postgres.createDatabase('there')
    await postgres.createDatabase('there')

    expect(log.join('\n')).toContain('ready to accept connections')
    expect(log.filter((line) => line.includes('"there"'))).toEqual([])
  })

  test('creates one database when eight ask for it at once', async () => {
    const urls = await Promise.all(numbers.map(() => postgres.createDatabase('asked_for_by_all')))

    expect(new Set(urls)).toEqual(new Set([postgres.databaseUrl('asked_for_by_all')]))
  })

  test('clones one template eight times at once', { tags: ['slow'] }, async () => {
    const template = await postgres.createDatabase('template_of_eight')
    await query(template, 'create table users as select 42 as id')

    const urls = await Promise.all(
      numbers.map((number) =>
        postgres.createDatabase(`clone_${number}`, { template: 'template_of_eight' }),
      ),
    )

    for (const url of urls) {
      expect(await query(url, 'select id from users')).toEqual([{ id: 42 }])
    }
  })

  test('waits for a session that is about to leave the template', async () => {
    const url = await postgres.createDatabase('template_in_use')
    const session = new Client(url)
    await session.connect()

    const [clone] = await Promise.all([
      postgres.createDatabase('clone_of_used', { template: 'template_in_use' }),
      delay(300).then(() => session.end()),
    ])

    expect(await query(clone, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('refuses a name that PostgreSQL would cut off', async () => {
    await expect(postgres.createDatabase('é'.repeat(32))).rejects.toThrow('longer than 63 bytes')
  })

  test('fails on a template that does not exist', async () => {
    const creation = postgres.createDatabase('orphan', { template: 'missing' })

    await expect(creation).rejects.toMatchObject({ code: '3D000' })
  })
})

describe('dropDatabase', () => {
  test('drops a database that sessions use, and does not mind a missing one', async () => {
    const session = new Client(await postgres.createDatabase('to "drop"'))
    session.on('error', () => {})
    await session.connect()

    await postgres.dropDatabase('to "drop"')
    await postgres.dropDatabase('to "drop"')

    await expect(query(postgres.databaseUrl('to "drop"'), 'select')).rejects.toMatchObject({
      code: '3D000',
    })
  })
})
