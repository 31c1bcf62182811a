// Takes over ten seconds: most of the tests start `npm run dev` on a database that is made anew.

import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { glob, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import pg from 'pg'
import { test as base, describe, expect, inject, onTestFinished } from 'vitest'
import { writeVariables } from '../../scripts/dev/folder.ts'
import { createKey, digestOf } from '../../scripts/keys/key.ts'
import { readConfig } from '../../src/config.ts'
import { cloneDatabase } from '../support/database.ts'
import { expectNothingLeft } from '../support/dev.ts'
import { oddShell } from '../support/odd-shell.ts'
import { expectFree, freePort } from '../support/ports.ts'
import { type Command, linkProject, type Project } from '../support/project.ts'

const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('project', async ({}, { onCleanup }) => {
    const project = await linkProject()
    onCleanup(() => project.remove())
    return project
  })

const port = await freePort()

const devCommand = ['scripts/dev/dev.ts', '--port', String(port)]

const dev = (project: Project, env?: Record<string, string>) => project.run('node', devCommand, env)

const banner =
  /^ {2}api {7}(\S+)\n {2}docs {6}\1\/docs\n {2}console {3}\1\/console\n {2}postgres {2}(\S+)\n {2}neon {6}(\S+)$/m

async function serving(command: Command) {
  const [, api = '', postgres = '', neon = ''] = banner.exec(await command.prints(banner)) ?? []
  return { api, ports: [api, postgres, neon].map((url) => Number(new URL(url).port)) }
}

const countUsers = async (api: string, headers = {}) => {
  const users: unknown = await (await fetch(`${api}/users?limit=100`, { headers })).json()
  return Array.isArray(users) ? users.length : users
}

/** The one that is printed, and no request without it, gets in. */
async function expectKey(command: Command, api: string): Promise<string> {
  const [, key = ''] = /^ {2}key {7}(edgeusers_\S+)/m.exec(command.output()) ?? []
  const ask = (path: string, headers = {}) => fetch(`${api}${path}`, { headers })
  const headers = { Authorization: `Bearer ${key}` }

  expect((await ask('/users/2')).status).toBe(401)
  expect((await ask('/users/2', headers)).status).toBe(200)
  expect((await ask('/users/deleted', headers)).status).toBe(200)
  return key
}

/** The processes of this name in the process group that the command has started. */
async function workerdsOf({ child }: Command) {
  const stats = await Array.fromAsync(glob('/proc/[0-9]*/stat'), (file) =>
    readFile(file, 'utf8').catch(() => ''),
  )
  const processes = stats.map((stat) => {
    const [, pid, name, parent, group] = /^(\d+) \((.*)\) \S (\d+) (\d+)/.exec(stat) ?? []
    return { pid: Number(pid), name, parent: Number(parent), group: Number(group) }
  })
  const groups = processes.filter(({ parent }) => parent === child.pid).map(({ pid }) => pid)
  return processes
    .filter(({ name, group }) => name === 'workerd' && groups.includes(group))
    .map(({ pid }) => pid)
}

describe('npm run dev', () => {
  test('serves 25 sample users in any shell, keeps the data even after kill -9, asks for the key that it prints with --auth, and leaves nothing at Ctrl-C', {
    tags: ['slow'],
  }, async ({ project }) => {
    const folder = join(project.directory, '.data')
    await mkdir(join(folder, 'tmp'), { recursive: true })
    await writeFile(join(folder, 'tmp', 'thesis.txt'), 'not made by this command')

    const first = dev(project, oddShell)
    const { api } = await serving(first)
    expect(await countUsers(api)).toBe(25)
    // The Worker's role, and the owner for the commands.
    expect(await readFile(join(folder, 'dev.env'), 'utf8')).toMatch(
      /^DATABASE_URL="\S+\/\/worker:.*^DATABASE_URL_DIRECT="\S+\/\/neondb_owner:/ms,
    )
    await fetch(`${api}/users/1`, { method: 'DELETE' })
    first.child.kill('SIGKILL')
    await first.ended
    await expectFree(port)

    const second = project.run('node', [...devCommand, '--auth'], oddShell)
    const { ports } = await serving(second)
    const key = await expectKey(second, api)
    expect(await countUsers(api, { Authorization: `Bearer ${key}` })).toBe(24)
    second.child.kill('SIGINT')

    expect(await second.ended).toBe(0)
    expect(second.output()).not.toMatch(/error|warn|\bat /i)
    // Seen by whoever is at the terminal, and in no line of the log.
    expect(second.output().split(key)).toHaveLength(2)
    expect(await readdir(join(folder, 'tmp'))).toEqual(['thesis.txt'])
    await rm(join(folder, 'tmp'), { recursive: true })
    await expectNothingLeft(project, ports)
  })

  test('makes the Worker accept that key alone', async ({ project }) => {
    const key = createKey()
    const settings = { DATABASE_URL: 'postgresql://worker@localhost/users' }

    const [file = ''] = await writeVariables(project.directory, settings, 'secret', key)

    expect(readConfig(parseEnv(await readFile(file, 'utf8')))).toMatchObject({
      AUTH: 'keys',
      API_KEYS: [{ digest: digestOf(key) }],
    })
  })

  test('says which port is taken and what to do', async ({ project }) => {
    const other = createServer().listen(port, '127.0.0.1')
    await once(other, 'listening')

    const command = dev(project)

    expect(await command.ended).toBe(1)
    other.close()
    expect(command.output()).toBe(
      `Port ${port} is taken. Stop what uses it, or choose another: npm run dev -- --port ${port + 1}\n`,
    )
  })

  test.for([
    ['malformed', 'postgresql://canary', 'DATABASE_URL names no user.'],
    ['away', 'postgresql://user:canary@db.nowhere.invalid/users', 'does not answer'],
  ] as const)(
    'says in a sentence that DATABASE_URL is %s',
    { tags: ['slow'] },
    async ([, url, sentence], { project }) => {
      await project.write('.dev.vars', `DATABASE_URL="${url}"\n`)

      const command = dev(project)

      expect(await command.ended).toBe(1)
      expect(command.output()).toContain(sentence)
      expect(command.output()).not.toMatch(/canary|^\s+at /m)
    },
  )

  test.skipIf(process.platform !== 'linux')(
    'serves the PostgreSQL of .dev.vars, whatever its password, until workerd dies',
    { tags: ['slow'] },
    async ({ project }) => {
      const role = `role_${randomUUID().replaceAll('-', '')}`
      const server = new pg.Client({ connectionString: inject('postgresUrl') })
      await server.connect()
      await server.query(`create role ${role} login password 'pa$HOME' in role edge_users_worker`)
      const { host, pathname } = new URL(inject('emptyUrl'))
      await project.write(
        '.dev.vars',
        `DATABASE_URL='postgresql://${role}:pa$HOME@${host}${pathname}'\n`,
      )

      const command = dev(project)
      const { api, ports } = await serving(command)
      const ready = await fetch(`${api}/readyz`)
      for (const pid of await workerdsOf(command)) {
        process.kill(pid, 'SIGKILL')
      }

      expect(ready.status).toBe(200)
      expect(await command.ended).toBe(1)
      expect(command.output()).toMatch(/workerd, the runtime of the Worker, has crashed\./)
      expect(await readdir(join(project.directory, '.data'))).toEqual([])
      await expectFree(ports[0] ?? 0)
      await server.query(`drop role ${role}`)
      await server.end()
    },
  )

  test('explains an option that it does not know', async ({ project }) => {
    const command = project.run('node', ['scripts/dev/dev.ts', '--prot', '1'])

    expect(await command.ended).toBe(2)
    expect(command.output()).toContain('Usage: npm run dev')
    expect(command.output()).not.toMatch(/^\s+at /m)
  })
})

describe('wrangler dev', { tags: ['slow'] }, () => {
  test('by hand serves with every line of .dev.vars.example', async ({ project }) => {
    const example = await readFile('.dev.vars.example', 'utf8')
    const database = await cloneDatabase(inject('postgresUrl'), inject('templateUrl'))
    onTestFinished(() => database.drop())
    const variables = { DATABASE_URL: database.url, NEON_ENDPOINT: inject('endpointUrl') }
    await project.write(
      '.dev.vars',
      Object.entries(variables).reduce(
        (text, [name, value]) => text.replace(RegExp(`^${name}=.*$`, 'm'), `${name}="${value}"`),
        example.replaceAll(/^# (?=[A-Z_]+=)/gm, ''),
      ),
    )

    const command = project.run('wrangler', ['dev', '--port', String(port)])
    await command.prints(/Ready on http/)
    const ready = await fetch(`http://localhost:${port}/readyz`)
    const users = await fetch(`http://localhost:${port}/users`)
    command.child.kill('SIGINT')
    await command.ended

    expect(ready.status).toBe(200)
    expect(users.status).toBe(401)
  })

  // It hides what a client really sent, and no option takes its debugger away.
  test('by hand does not serve without credentials', async ({ project }) => {
    await project.write('.dev.vars', 'DATABASE_URL="postgresql://u:p@h/d"\nAUTH="open"\n')

    const command = project.run('wrangler', ['dev', '--port', String(port)])

    await command.prints(/AUTH=open is for `npm run dev`, which sets it/)
    command.child.kill('SIGINT')
    await command.ended
  })

  test('by hand says what to do about a missing DATABASE_URL', async ({ project }) => {
    const command = project.run('wrangler', ['dev', '--port', String(port)])

    await command.prints(/DATABASE_URL is not set\. `npm run dev` sets it to a database of its own/)
    command.child.kill('SIGINT')
    await command.ended
  })
})
