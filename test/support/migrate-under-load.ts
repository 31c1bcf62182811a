import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { expect, inject } from 'vitest'
import { generateDrizzleJson, generateMigration } from '../../scripts/migrations/drizzle-kit-api.ts'
import { readFingerprint } from '../../scripts/migrations/fingerprint.ts'
import { createEmptyDatabase, type EmptyDatabase } from './empty-database.ts'
import { longHistory, people, status } from './long-history.ts'
import type { MigrationFiles } from './migration-folder.ts'
import type { Command } from './project.ts'

const clients = 16

/** Takes the whole history up while clients read and write, and gives their longest wait in ms. */
export async function migrateUnderLoad(
  database: EmptyDatabase,
  migrate: () => Command,
): Promise<number> {
  const sessions = await Promise.all(Array.from({ length: clients }, () => database.connect()))
  const command = migrate()
  let isOver = false
  const load = sessions.map((session, number) => work(session, number, () => isOver))

  const exitCode = await command.ended
  isOver = true
  const waits = await Promise.all(load)

  expect(exitCode, command.output()).toBe(0)
  return Math.max(...waits)
}

/** Reads, adds and changes users as the service does. Any failure ends the test. */
async function work(session: pg.Client, number: number, isOver: () => boolean): Promise<number> {
  let longest = 0

  for (let round = 0; !isOver(); round += 1) {
    const id = ((number * 7_919 + round * 104_729) % 1_000_000) + 1
    for (const [statement, values] of [
      ['select name, email from people where id = $1', [id]],
      ['select name, email from people where id > $1 order by id limit 50', [id]],
      ['update people set name = $2 where id = $1', [id, `Person ${round}`]],
      [
        'insert into people (name, email) values ($1, $2)',
        ['New', `${number}.${round}@load.example`],
      ],
    ] as const) {
      const start = performance.now()
      await session.query(statement, [...values])
      longest = Math.max(longest, performance.now() - start)
    }
    await sleep(20)
  }
  return longest
}

/** Takes the history's first step, and fills its table. */
export async function addPeople(
  project: { migrations(files: MigrationFiles): Promise<string>; migrate(): Command },
  database: EmptyDatabase,
  count: number,
): Promise<void> {
  const [tag = '', file = ''] = Object.entries(longHistory)[0] ?? []
  await project.migrations({ [tag]: file })
  const command = project.migrate()
  expect(await command.ended, command.output()).toBe(0)
  await database.query(
    `insert into people (name, email, nick)
     select 'Person ' || n, 'person.' || n || '@example.com', 'nick ' || n
     from generate_series(1, ${count}) n`,
  )
  await database.query('vacuum analyze people')
}

/** Whether the history has led to what the tables at its end say. */
export async function expectSchema(database: EmptyDatabase): Promise<void> {
  const scratch = await createEmptyDatabase(inject('postgresUrl'))
  const end = generateDrizzleJson({ people, status }, undefined, undefined, 'snake_case')
  for (const statement of await generateMigration(generateDrizzleJson({}), end)) {
    await scratch.query(statement)
  }
  const [built, declared] = await Promise.all([database.connect(), scratch.connect()])

  expect(await readFingerprint(built)).toEqual(await readFingerprint(declared))
  await declared.end()
  await scratch.drop()
}
