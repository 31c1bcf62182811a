import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { createKey } from '../../scripts/keys/key.ts'
import { test } from '../support/deploy-test.ts'
import { asWorker } from '../support/worker-role.ts'

/** Ids change from run to run. */
const namesOf = (calls: readonly string[], ids: Record<string, string>) =>
  calls.map((call) =>
    Object.entries(ids)
      .reduce((text, [name, id]) => text.replaceAll(id, name), call)
      .replace(' --env production', ''),
  )

const hosted = 'postgresql://owner:canary@ep-x-1-pooler.eu-central-1.aws.neon.tech/users'

/** In order: each test begins where the one before has ended. */
describe('npm run deploy', { concurrent: false }, () => {
  test.for([
    ['no key', { EDGE_USERS_KEY: '' }, 'EDGE_USERS_KEY is not set'],
    ['half a key', { EDGE_USERS_KEY: createKey().slice(0, -1) }, 'no whole key'],
    ["Neon's pooled host", { DATABASE_URL_DIRECT: hosted }, "is Neon's pooled host"],
    [
      'the database of somewhere else',
      { DATABASE_URL_DIRECT: hosted.replace('-pooler', '') },
      'ep-x-1.eu-central-1.aws.neon.tech, and the placement of production in wrangler.toml names 127.0.0.1',
    ],
    [
      'a host in a parameter',
      { DATABASE_URL_DIRECT: 'postgresql://owner:canary@127.0.0.1/users?host=ep-x-1' },
      'has a parameter host',
    ],
  ] as const)('refuses %s', async ([, env, sentence], { deployer }) => {
    const { code, report, output } = await deployer.deploy([], env)

    expect([code, report['result']]).toEqual([2, 'refused'])
    expect(report['message']).toContain(sentence)
    expect(output).not.toMatch(/canary|edgeusers_/)
    expect(deployer.cloudflare.calls()).toEqual([])
  })

  test('refuses what is in no commit', async ({ deployer }) => {
    const { project, deploy, git } = deployer
    await project.write('new.ts', '')
    await git('add', '--force', 'new.ts')

    const { code, report } = await deploy()

    expect([code, report['message']]).toEqual([2, expect.stringContaining('in no commit')])
    await git('reset', '--quiet', 'new.ts')
  })

  test.for([
    ['variables that open the door', 'AUTH = "open"', 'AUTH=open lets everybody in'],
    ['a local endpoint', 'NEON_ENDPOINT = "http://localhost:4444/sql"', 'NEON_ENDPOINT is for'],
  ] as const)('refuses %s', async ([, line, sentence], { deployer }) => {
    const { project, deploy } = deployer
    const file = join(project.directory, 'wrangler.toml')
    const toml = await readFile(file, 'utf8')
    await writeFile(file, `${toml}\n[env.production.vars]\n${line}\n`)

    const { code, report } = await deploy()

    await writeFile(file, toml)
    expect([code, report['message']]).toEqual([2, expect.stringContaining(sentence)])
  })

  test('refuses a placement and a domain that nobody has filled in, and another environment', async ({
    deployer,
  }) => {
    const staging = await deployer.project.run(
      'node',
      ['scripts/deploy.ts', '--env', 'staging'],
      deployer.env,
    ).ended
    const preview = await deployer.deploy(['--env', 'preview'])

    expect(staging).toBe(2)
    expect(preview.report['message']).toContain('It has production and staging.')
  })

  test('asks for secrets before the first deploy, and reads them before anybody else', async ({
    deployer,
  }) => {
    const { deploy, database, project, key } = deployer
    const write = (secrets: object) => project.write('bad.json', JSON.stringify(secrets))

    const without = await deploy()
    await write({ DATABASE_URL: database.url, API_KEYS: '[]', NEON_ENDPOINT: 'http://localhost/' })
    const bad = await deploy(['--secrets-file', 'bad.json'])
    await write({
      DATABASE_URL: asWorker(database.url),
      API_KEYS: JSON.stringify([{ ...key.entry, digest: '0'.repeat(64) }]),
    })
    const other = await deploy(['--secrets-file', 'bad.json'])

    expect(without.report['message']).toContain('add --secrets-file FILE')
    expect(bad.report['message']).toMatch(/Nobody could get in/)
    expect(bad.report['message']).toMatch(/NEON_ENDPOINT is for your own machine/)
    expect(bad.report['message']).toMatch(/is the owner's connection/)
    expect(other.report['message']).toMatch(/EDGE_USERS_KEY is none of the keys/)
    expect(deployer.cloudflare.changes()).toEqual([])
  })

  test('makes the Worker, its domain and its cron trigger at the first time', async ({
    deployer,
  }) => {
    const { cloudflare, deploy, secretsFile, commitId } = deployer
    const before = cloudflare.calls().length

    const { code, report, output } = await deploy(['--secrets-file', secretsFile])

    expect(code, output).toBe(0)
    expect(report).toMatchObject({ result: 'deployed', step: 'done', migrations: [] })
    const ids = { NEW: String(report['versionId']), COMMIT: await commitId(), SECRETS: secretsFile }
    expect(namesOf(cloudflare.calls().slice(before), ids)).toEqual([
      'deployments list --json',
      `deploy --tag COMMIT --message Deploy ${ids.COMMIT.slice(0, 12)} --secrets-file SECRETS`,
      'triggers deploy',
      `versions deploy NEW@100% --yes --message Deployed ${ids.COMMIT.slice(0, 12)}: version NEW`,
    ])
    expect(deployer.traffic()).toEqual([{ versionId: ids.NEW, percentage: 100 }])
    expect(cloudflare.secrets()).toEqual(['API_KEYS', 'AUTH', 'DATABASE_URL'])
    expect(cloudflare.triggers()).toEqual({
      crons: ['17 * * * *'],
      routes: ['users.example.com'],
    })
  })

  test('changes nothing with --dry-run, and says what it would do', async ({ deployer }) => {
    const { cloudflare, deploy, writeNew } = deployer
    const before = cloudflare.changes().length
    await writeNew()

    const { code, report, output } = await deploy(['--dry-run'])

    expect([code, report['result'], report['migrations']]).toEqual([
      0,
      'planned',
      ['9999_add_nickname'],
    ])
    expect(output).toContain('9999_add_nickname')
    expect(cloudflare.changes().length).toBe(before)
    expect(await deployer.hasNickname()).toBe(false)
  })

  test('migrates, uploads, smokes at 0 % and promotes, in this order', async ({ deployer }) => {
    const { cloudflare, deploy, commitId } = deployer
    const [{ versionId: old = '' } = {}] = deployer.traffic()
    const before = cloudflare.calls().length

    const { code, report, output } = await deploy(['--steps', '10,50', '--pause', '1'])

    expect(code, output).toBe(0)
    expect(report).toMatchObject({
      result: 'deployed',
      previousVersionId: old,
      migrations: ['9999_add_nickname'],
      message: expect.stringContaining('Schema: at 9999_add_nickname, 1 applied by this run.'),
    })
    const ids = { NEW: String(report['versionId']), OLD: old, COMMIT: await commitId() }
    const message = `--yes --message Deploy ${ids.COMMIT.slice(0, 12)}: version NEW`
    expect(namesOf(cloudflare.calls().slice(before), ids)).toEqual([
      'deployments list --json',
      'secret list --format json',
      `versions upload --tag COMMIT --message Deploy ${ids.COMMIT.slice(0, 12)}`,
      `versions deploy OLD@100% NEW@0% ${message}`,
      `versions deploy OLD@90% NEW@10% ${message}`,
      `versions deploy OLD@50% NEW@50% ${message}`,
      `versions deploy NEW@100% ${message}`,
      'triggers deploy',
      `versions deploy NEW@100% --yes --message Deployed ${ids.COMMIT.slice(0, 12)}: version NEW`,
    ])
    expect(deployer.traffic()).toEqual([{ versionId: ids.NEW, percentage: 100 }])
    expect(await deployer.hasNickname()).toBe(true)
  })

  test('uploads nothing again when the commit is deployed, and looks whether it works', async ({
    deployer,
  }) => {
    const { cloudflare, deploy } = deployer
    const traffic = deployer.traffic()
    const before = cloudflare.versions().length

    const { code, report } = await deploy()

    expect([code, report['result']]).toEqual([0, 'deployed'])
    expect(cloudflare.versions().length).toBe(before)
    expect(deployer.traffic()).toEqual(traffic)
  })

  test('leaves a version that was tried before as it is, whatever fails later', async ({
    deployer,
  }) => {
    const { cloudflare, deploy } = deployer
    const traffic = deployer.traffic()
    cloudflare.fail('triggers deploy')

    const { code, report } = await deploy()

    expect([code, report['result']]).toEqual([1, 'failed'])
    expect(report['message']).toContain('so it was left as it is')
    expect(deployer.traffic()).toEqual(traffic)
  })

  test('refuses a key that the service does not take, before anything is changed', async ({
    deployer,
  }) => {
    const { cloudflare, commit, deploy } = deployer
    await commit()
    const before = cloudflare.changes().length

    const { code, report } = await deploy([], { EDGE_USERS_KEY: createKey() })

    expect([code, report['result']]).toEqual([2, 'refused'])
    expect(report['message']).toContain('does not take EDGE_USERS_KEY')
    expect(cloudflare.changes().length).toBe(before)
  })

  test('takes new secrets up with a version of their own', async ({ deployer }) => {
    const { cloudflare, deploy, secretsFile } = deployer

    const before = cloudflare.calls().length

    const { code, report } = await deploy(['--secrets-file', secretsFile])

    expect([code, report['result']]).toEqual([0, 'deployed'])
    expect(cloudflare.calls().slice(before).join()).toContain(`--secrets-file ${secretsFile}`)
  })

  test('lets one of two at once do it', async ({ deployer }) => {
    const { cloudflare, deploy, start, commit } = deployer
    await commit()
    cloudflare.hang('versions upload')
    const first = start([])
    await cloudflare.hanging()

    const second = await deploy()
    first.child.kill('SIGKILL')
    await first.ended

    expect([second.code, second.report['result']]).toEqual([3, 'refused'])
    expect(second.report['message']).toContain('another deploy to this database is at work')
    cloudflare.heal()
    // The first was killed, and its lock is gone with it.
    expect((await deploy()).report['result']).toBe('deployed')
  })
})
