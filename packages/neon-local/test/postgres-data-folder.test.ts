// Takes over ten seconds on a busy machine: clusters are made on a small disk, by another user, and
// by four at once.

import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { NeonLocalError } from '../src/errors.ts'
import { type PostgresOptions, startPostgres } from '../src/postgres.ts'
import {
  hasOrdinaryUser,
  isRoot,
  launch,
  makeFolder,
  ordinaryUser,
} from './support/postgres-runs.ts'

async function failureOf(options: PostgresOptions): Promise<string> {
  const failure = await startPostgres(options).then(
    (postgres) => postgres.close().then(() => 'It started.'),
    (error: unknown) => error,
  )
  expect(failure).toBeInstanceOf(NeonLocalError)
  return failure instanceof Error ? failure.message : String(failure)
}

describe('startPostgres', () => {
  test('refuses a folder with foreign files, and leaves them alone', async () => {
    const dataDir = makeFolder()
    fs.mkdirSync(join(dataDir, 'cluster'))
    fs.writeFileSync(join(dataDir, 'cluster', 'thesis.txt'), 'years of work')

    const message = await failureOf({ dataDir })

    expect(message).toContain(`${dataDir} holds files of something else`)
    expect(message).toContain('--data-dir')
    expect(fs.readdirSync(dataDir, { recursive: true })).toEqual(['cluster', 'cluster/thesis.txt'])
  })

  test.for(['.', 'cluster'])('refuses a cluster of another version in %s', async (place) => {
    const dataDir = makeFolder()
    fs.writeFileSync(join(dataDir, 'neon-local.lock'), '')
    fs.mkdirSync(join(dataDir, place), { recursive: true })
    fs.writeFileSync(join(dataDir, place, 'PG_VERSION'), '17\n')

    const message = await failureOf({ dataDir })

    expect(message).toMatch(/was made by PostgreSQL 17, and this is PostgreSQL 18: move it away/)
    expect(fs.readFileSync(join(dataDir, place, 'PG_VERSION'), 'utf8')).toBe('17\n')
  })

  test('refuses a cluster that has lost its version', async () => {
    const dataDir = makeFolder()
    fs.writeFileSync(join(dataDir, 'neon-local.lock'), '')
    fs.mkdirSync(join(dataDir, 'cluster'))

    expect(await failureOf({ dataDir })).toContain('has lost its file PG_VERSION')
  })

  test('refuses a file in the place of the folder', async () => {
    const dataDir = join(makeFolder(), 'file')
    fs.writeFileSync(dataDir, '')

    expect(await failureOf({ dataDir })).toMatch(/file cannot be used \(EEXIST.*--data-dir/)
  })

  test('gives a new folder to one of four that come at once, and names it to the others', {
    tags: ['slow'],
  }, async () => {
    const dataDir = join(makeFolder(), 'data')

    const runs = await Promise.allSettled([1, 2, 3, 4].map(() => launch({ dataDir })))

    const [winner, ...others] = runs.flatMap((run) =>
      run.status === 'fulfilled' ? [run.value] : [],
    )
    const inUse =
      `The data folder ${dataDir} is in use by another run (pid ${winner?.launcher}): ` +
      'stop it, or choose another folder with --data-dir.'
    expect(others).toEqual([])
    for (const run of runs.filter((each) => each.status === 'rejected')) {
      expect(run.reason).toMatchObject({ name: 'NeonLocalError', message: inUse })
    }
    expect(await failureOf({ dataDir })).toBe(inUse)
    await winner?.end('close')
  })

  test('quotes the last words of a server that cannot be made', async () => {
    const dataDir = join(makeFolder(), 'data')
    fs.mkdirSync(dataDir)
    fs.writeFileSync(join(dataDir, 'neon-local.lock'), '')
    fs.mkdirSync(join(dataDir, 'cluster'))
    fs.writeFileSync(join(dataDir, 'cluster', 'PG_VERSION'), '18\n')

    const message = await failureOf({ dataDir })

    expect(message).toContain('did not start')
    expect(message).toContain('postgresql.conf')
  })

  test.skipIf(!isRoot)('says so when the disk is full', async ({ skip }) => {
    const dataDir = join(makeFolder(), 'disk')
    fs.mkdirSync(dataDir)
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', dataDir])
    skip(mounted.status !== 0, 'This container may not mount a small disk.')
    onTestFinished(() => {
      spawnSync('umount', [dataDir])
    })

    const message = await failureOf({ dataDir })

    expect(message).toBe(
      `The disk of the data folder ${dataDir} is full: free some space, or choose a folder on ` +
        'another disk with --data-dir.',
    )
  })

  describe.skipIf(!hasOrdinaryUser)('for an ordinary user', () => {
    test('starts, and stops without a trace', { tags: ['slow'] }, async () => {
      const TMPDIR = makeFolder()

      const run = await launch({}, { user: ordinaryUser, env: { TMPDIR } })
      await run.end('close')

      expect(fs.readdirSync(TMPDIR)).toEqual([])
    })

    test('refuses a folder that cannot be written', async () => {
      const parent = makeFolder()
      fs.chmodSync(parent, 0o555)

      const failure = launch({ dataDir: join(parent, 'data') }, { user: ordinaryUser })

      await expect(failure).rejects.toMatchObject({
        name: 'NeonLocalError',
        message: expect.stringMatching(/data cannot be used \(EACCES.*: make it writable/),
      })
    })

    test.skipIf(!isRoot)('refuses a folder of another user', async () => {
      const dataDir = join(makeFolder(), 'data')
      fs.mkdirSync(dataDir, { mode: 0o700 })

      const failure = launch({ dataDir }, { user: ordinaryUser })

      await expect(failure).rejects.toMatchObject({
        name: 'NeonLocalError',
        message: expect.stringContaining('belongs to another user (id 0): take it over with'),
      })
    })
  })
})
