import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, rmdir, unlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { basename, join } from 'node:path'
import { test as base, describe, expect, inject, onTestFinished } from 'vitest'
import * as z from 'zod'
import { nextFree } from '../../scripts/doctor/ports.ts'
import { doctor, findings, found, listen, runningFolder, test } from '../support/doctor.ts'
import { acceptKeys, testKey } from '../support/keys.ts'
import { asWorker } from '../support/worker-role.ts'

describe('npm run doctor', () => {
  test.concurrent('says that nothing is wrong beside a running npm run dev', {
    tags: ['slow'],
  }, async ({ project, database }) => {
    await project.write(
      '.data/dev.env',
      `DATABASE_URL="${asWorker(database.url)}"\nDATABASE_URL_DIRECT="${database.url}"\n` +
        `NEON_ENDPOINT="${inject('endpointUrl')}"\n`,
    )

    const { code, output } = await doctor(project)

    expect(output.replaceAll(/(?<=PostgreSQL |in |All )[\d.]+/g, 'N')).toBe(
      `ok     node        Node ${process.versions.node} runs the commands.
ok     packages    node_modules is in step with package-lock.json.
ok     disk        .data can be written.
ok     ports       \`npm run dev\` of this folder is running, and has its ports.
ok     settings    There is no .dev.vars, and none is needed: \`npm run dev\` brings a database of its own.
ok     database    PostgreSQL N at 127.0.0.1 answers in N ms.
ok     migrations  All N are applied.
ok     role        The role of DATABASE_URL may do the Worker's work, and no more.
ok     endpoint    The Worker reaches the database through NEON_ENDPOINT.
Nothing is wrong.
`,
    )
    expect(code).toBe(0)
  })

  test.concurrent('says the same of a database that is configured', { tags: ['slow'] }, async ({
    project,
    database,
  }) => {
    await project.write(
      '.dev.vars',
      `DATABASE_URL="${asWorker(database.url)}"\nDATABASE_URL_DIRECT="${database.url}"\n` +
        `NEON_ENDPOINT="${inject('endpointUrl')}"\nAPI_KEYS='${acceptKeys(testKey('any')).API_KEYS}'\n`,
    )

    const told = await findings(project)

    expect(told.filter(({ level }) => level !== 'ok')).toEqual([])
    expect(told).toContainEqual(found('settings', 'ok', /^\.dev\.vars is in order\.$/))
  })

  test.concurrent('changes nothing', async ({ project }) => {
    await doctor(project)

    expect(await readdir(project.directory)).not.toContain('.dev.vars')
    expect(await readdir(join(project.directory, '.data'))).toEqual([basename(runningFolder)])
  })

  test.concurrent('refuses an option that it does not have', { tags: ['slow'] }, async ({
    project,
  }) => {
    const { code, output } = await doctor(project, {}, '--jsno')

    expect(output).toMatch(/'--jsno'.*\nUsage: npm run doctor/)
    expect(code).toBe(2)
  })

  test.concurrent('counts what is to mend', { tags: ['slow'] }, async ({ project }) => {
    await project.write('.dev.vars', `DATABASE_URL=http://canary\n`)

    const { code, output } = await doctor(project)

    expect(output).toMatch(/^fault +settings +DATABASE_URL begins with http:/m)
    expect(output).toMatch(/\n1 fault to mend\. .*\n$/)
    expect(output).not.toMatch(/ database /)
    expect(code).toBe(1)
  })
})

describe('the ports', () => {
  test('are taken', { tags: ['slow'] }, async ({ project }) => {
    await rmdir(join(project.directory, runningFolder))
    for (const port of [8787, 5433, 4444]) {
      const server = createServer().on('error', () => {})
      server.listen(port, '127.0.0.1')
      onTestFinished(() => void server.close())
    }

    const told = await findings(project)

    expect(told).toContainEqual(
      found('ports', 'fault', /^8787 is taken .*npm run dev -- --port 8\d\d\d`/),
    )
    expect(told).toContainEqual(found('ports', 'warning', /^4444 .*neon:local -- --port N/))
    expect(told).toContainEqual(found('ports', 'warning', /^5433 .*-- --postgres-port N/))
  })

  base('are suggested free', async () => {
    const taken = await listen(createServer())

    expect(await nextFree(taken - 1)).toBeGreaterThan(taken)
  })
})

describe('the disk', () => {
  test.concurrent('holds the data of another PostgreSQL', { tags: ['slow'] }, async ({
    project,
  }) => {
    await mkdir(join(project.directory, '.data', 'postgres', 'cluster'), { recursive: true })
    await project.write('.data/postgres/cluster/PG_VERSION', '17\n')

    expect(await findings(project)).toContainEqual(
      found('disk', 'fault', /was made by PostgreSQL 17, and this is PostgreSQL 18: move it away/),
    )
  })

  test.concurrent('has a file in the place of the folder', { tags: ['slow'] }, async ({
    project,
  }) => {
    await rmdir(join(project.directory, runningFolder))
    await rmdir(join(project.directory, '.data'))
    await project.write('.data', '')

    expect(await findings(project)).toContainEqual(
      found('disk', 'fault', /is a file\. Move it away/),
    )
  })

  // Root may write everywhere.
  test.skipIf(process.getuid?.() === 0)('may not be written', async ({ project }) => {
    const folder = join(project.directory, '.data')
    await chmod(folder, 0o555)

    // Or nobody could remove it afterwards.
    const seen = await findings(project).finally(() => chmod(folder, 0o755))

    expect(seen).toContainEqual(found('disk', 'fault', /cannot be written/))
  })
})

describe('the installation', () => {
  test.concurrent('is not in step with package-lock.json', async ({ project }) => {
    const lock = z
      .object({ packages: z.record(z.string(), z.looseObject({})) })
      .parse(JSON.parse(await readFile('package-lock.json', 'utf8')))
    Object.assign(lock.packages['node_modules/pg'] ?? {}, { version: '1.0.0' })
    await unlink(join(project.directory, 'package-lock.json'))
    await project.write('package-lock.json', JSON.stringify(lock))

    expect(await findings(project)).toContainEqual(
      found('packages', 'fault', /not in step with package-lock\.json \(pg\)\. Run `npm ci`/),
    )
  })

  test.concurrent('is missing', async ({ project }) => {
    await unlink(join(project.directory, 'node_modules'))

    expect(await findings(project)).toEqual([found('packages', 'fault', /Run `npm ci`/)])
    expect((await doctor(project)).output).toMatch(/^fault {2}packages {2}There is no folder/)
  })

  const oldNode = ['/usr/bin/node', '/usr/local/bin/node'].find(
    (node) => existsSync(node) && /^v(?:18|2[0-4])\./.test(String(execFileSync(node, ['-v']))),
  )

  test.skipIf(oldNode === undefined)('is run by an old Node', async ({ project }) => {
    const command = project.run(oldNode ?? '', ['scripts/doctor/doctor.js'])

    expect(await command.ended).toBe(1)
    expect(command.output()).toMatch(
      /^fault {2}node {2}This is Node \d.* needs Node 26\. Run `npm ci`/,
    )
  })
})
