// Takes over ten seconds: root must start servers in a checkout and a temporary folder of its own,
// which need a copy of the binaries and clusters on the disk.

import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { copyFreshDataFolder } from './support/fresh-data-folder.ts'
import {
  copyProject,
  hasOrdinaryUser,
  isLinux,
  isRoot,
  launch,
  makeFolder,
  query,
  type Run,
} from './support/postgres-runs.ts'

const daemon = 1
const stranger = 54_321

const userOf = ({ pid }: Run) => fs.statSync(`/proc/${pid}`).uid
const giveTo = (user: number, folder: string) => {
  spawnSync('chown', ['-R', `${user}:${user}`, folder])
}

describe.skipIf(!isRoot || !isLinux)('startPostgres as root', () => {
  let root: string
  let dataDir: string

  beforeAll(() => {
    root = copyProject()
    fs.chmodSync(dirname(root), 0o700)
    dataDir = join(root, '.data', 'postgres')
  })
  afterAll(() => fs.rmSync(dirname(root), { recursive: true }))

  test('keeps data in a checkout that only root may enter', { tags: ['slow'] }, async () => {
    const first = await launch({ dataDir }, { root })
    await query(first.url, 'create table kept as select 42 as id')
    await query(first.url, 'create database clone template template1')
    const user = userOf(first)
    process.kill(first.pid, 'SIGKILL')
    await first.end('close')

    const second = await launch({ dataDir }, { root })

    expect(await query(second.url, 'select id from kept')).toEqual([{ id: 42 }])
    expect([user, userOf(second)]).not.toContain(0)
    await second.end('close')
  })

  describe('in a checkout that only root may enter', () => {
    let run: Run

    beforeAll(async () => {
      run = await launch({ dataDir }, { root, isShared: true })
    })
    afterAll(() => run.end('close'))

    test.for(['package.json', '.data/postgres/launcher.pid', '.data/postgres/passwords.json'])(
      'lets no client of the server read %s',
      async (file) => {
        const path = join('../../..', file)
        const places = [`/proc/$PPID/fd/3/${path}`, `/proc/$PPID/cwd/${path}`, join(root, file)]

        // Who may run the most.
        const url = run.superuserUrl
        await query(url, 'create table if not exists output (line text)')
        await query(url, `copy output from program 'cat ${places.join(' ')}; true'`)
        const reading = query(url, `select pg_read_file('${path}')`)

        await expect(reading).rejects.toThrow('Permission denied')
        expect(await query(url, 'select line from output')).toEqual([])
      },
    )
  })

  test('works with a temporary folder that only root may enter', { tags: ['slow'] }, async () => {
    const TMPDIR = makeFolder()
    fs.chmodSync(TMPDIR, 0o700)

    const run = await launch({}, { root, env: { TMPDIR } })

    const [program = ''] = fs.readFileSync(`/proc/${run.pid}/cmdline`, 'utf8').split('\0')
    expect(program).toMatch(/^\/(var\/)?tmp\/neon-local-postgres-/)
    await run.end('close')
    expect(fs.existsSync(program)).toBe(false)
    expect(fs.readdirSync(TMPDIR)).toEqual([])
  })

  test.skipIf(!hasOrdinaryUser)(
    'runs as the owner of the folder, who can go on with it',
    { tags: ['slow'] },
    async () => {
      const folder = join(makeFolder(), 'data')
      fs.mkdirSync(folder)
      giveTo(daemon, folder)

      const asRoot = await launch({ dataDir: folder })
      const user = userOf(asRoot)
      await asRoot.end('close')
      const asOwner = await launch({ dataDir: folder }, { user: { uid: daemon, gid: daemon } })
      await asOwner.end('close')

      expect(user).toBe(daemon)
    },
  )

  test.skipIf(!hasOrdinaryUser)(
    'runs as whomever a folder was given to, and never as root',
    { tags: ['slow'] },
    async () => {
      const folder = join(makeFolder(), 'data')
      await copyFreshDataFolder(folder)
      const users: number[] = []

      // One whom the system does not know, then root itself, as after a copy or a restore.
      for (const user of [stranger, 0]) {
        giveTo(user, folder)
        const run = await launch({ dataDir: folder })
        users.push(userOf(run))
        await run.end('close')
      }

      expect(users).toEqual([stranger, expect.any(Number)])
      expect(users[1]).not.toBe(0)
    },
  )

  test('refuses to make a cluster for an owner whom the system does not know', async () => {
    const folder = makeFolder()
    giveTo(stranger, folder)

    await expect(launch({ dataDir: folder })).rejects.toMatchObject({
      name: 'NeonLocalError',
      message: expect.stringContaining(`knows none for the user id ${stranger}`),
    })
  })

  test('refuses a folder that its owner cannot reach', { tags: ['slow'] }, async () => {
    const parent = makeFolder()
    fs.mkdirSync(join(parent, 'data'))
    giveTo(daemon, join(parent, 'data'))
    fs.chmodSync(parent, 0o700)

    await expect(launch({ dataDir: join(parent, 'data') })).rejects.toMatchObject({
      name: 'NeonLocalError',
      message: expect.stringContaining('belongs to user id 1, who cannot reach all of it'),
    })
  })
})
