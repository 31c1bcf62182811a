// Takes over ten seconds: five deploys, each with its smoke test, against versions that run in workerd.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, vi } from 'vitest'
import { acquireDeployLock } from '../../scripts/deploy/lock.ts'
import type { DeployOptions } from '../../scripts/deploy/options.ts'
import { inspect } from '../../scripts/deploy/preflight.ts'
import { faultsOfAll } from '../../scripts/deploy/secrets-file.ts'
import { createKey } from '../../scripts/keys/key.ts'
import type { Cloudflare } from '../support/cloudflare.ts'
import { test } from '../support/deploy-test.ts'
import { oddShell } from '../support/odd-shell.ts'
import { asWorker } from '../support/worker-role.ts'

/** Ids change from run to run. */
const namesOf = (calls: readonly string[], ids: Record<string, string>) =>
  calls.map((call) =>
    Object.entries(ids)
      .reduce((text, [name, id]) => text.replaceAll(id, name), call)
      .replace(' --env production', ''),
  )

/** Every deployment, with the message that it has. */
const sharesOf = (cloudflare: Cloudflare, ids: Record<string, string>) =>
  namesOf(
    cloudflare.deployments().map(({ versions, annotations }) => {
      const shares = versions.map(({ version_id, percentage }) => `${version_id} ${percentage}`)
      return `${shares.join(', ')}: ${annotations['workers/message']}`
    }),
    ids,
  )

const owner = 'postgresql://owner:canary@127.0.0.1/users'
const worker = owner.replace('owner', 'worker')
const hosted = 'postgresql://owner:canary@ep-x-1-pooler.eu-central-1.aws.neon.tech/users'

/** What `inspect` finds wrong with this checkout, and with what is set besides. */
const faultsWith = async (
  variables: Record<string, string>,
  options: Partial<DeployOptions> = {},
): Promise<string> => {
  const set = { EDGE_USERS_KEY: createKey(), DATABASE_URL_DIRECT: owner, ...variables }
  for (const [name, value] of Object.entries(set)) {
    vi.stubEnv(name, value)
  }
  const all = { environment: 'production', url: 'https://x.test', ...defaults, ...options }
  return inspect(all).then(
    () => '',
    ({ message }: Error) => message,
  )
}

const defaults = {
  isDryRun: false,
  isJson: true,
  secretsFile: undefined,
  steps: [],
  pauseMs: 0,
  waitMs: 0,
  isSure: false,
}

describe('a deploy, before it asks anybody,', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  test.for([
    ['no key', { EDGE_USERS_KEY: '' }, 'EDGE_USERS_KEY is not set'],
    ['half a key', { EDGE_USERS_KEY: createKey().slice(0, -1) }, 'no whole key'],
    ["Neon's pooled host", { DATABASE_URL_DIRECT: hosted }, "is Neon's pooled host"],
    [
      'the database of somewhere else',
      { DATABASE_URL_DIRECT: hosted.replace('-pooler', '') },
      'ep-x-1.eu-central-1.aws.neon.tech, and the placement of production in wrangler.toml names',
    ],
    [
      'a host in a parameter',
      { DATABASE_URL_DIRECT: `${owner}?host=ep-x-1` },
      'has a parameter host',
    ],
    ['a placement that nobody has filled in', {}, 'Write the host of your database into'],
  ] as const)('refuses %s', async ([, variables, sentence]) => {
    const faults = await faultsWith(variables)

    expect(faults).toContain(sentence)
    expect(faults).not.toMatch(/canary|edgeusers_/)
  })

  test('refuses a domain that nobody has filled in, and an environment that there is not', async () => {
    expect(await faultsWith({}, { url: undefined })).toContain('Write your domain into the routes')
    expect(await faultsWith({}, { environment: 'preview' })).toContain(
      'It has production and staging.',
    )
  })

  test.for([
    ['the door open', { AUTH: 'open' }, 'AUTH=open lets everybody in'],
    ['a local endpoint', { NEON_ENDPOINT: 'http://localhost/' }, 'NEON_ENDPOINT is for your own'],
    [
      "the owner's connection",
      { DATABASE_URL_DIRECT: owner },
      "DATABASE_URL_DIRECT is the owner's",
    ],
    ['nobody who gets in', { DATABASE_URL: worker, API_KEYS: '[]' }, 'Nobody could get in'],
    ['the owner for the Worker', { DATABASE_URL: owner }, "is the owner's connection"],
    ['a key that is not its own', { API_KEYS: `[{"digest":"${'0'.repeat(64)}"}]` }, 'is none of'],
    ['a secret beyond 5 KiB', { API_KEYS: 'x'.repeat(6_000) }, 'longer than the 5 KiB'],
  ] as const)('refuses secrets with %s', ([, secrets, sentence]) => {
    const ground = {
      vars: {},
      environment: 'production',
      databaseHost: '127.0.0.1',
      ownerUrl: owner,
      key: createKey(),
    }

    const faults = faultsOfAll(secrets, ground).join('\n')

    expect(faults).toContain(sentence)
    expect(faults).not.toMatch(/canary/)
  })
})

/** In order: each test begins where the one before has ended. */
describe('npm run deploy', { concurrent: false }, () => {
  test('names all faults of a checkout at once, and asks nobody', { tags: ['slow'] }, async ({
    deployer,
  }) => {
    const { project, run, git } = deployer
    const file = join(project.directory, 'wrangler.toml')
    const toml = await readFile(file, 'utf8')
    await writeFile(file, `${toml}\n[env.production.vars]\nAUTH = "open"\n`)
    await project.write('new.ts', '')
    await git('add', '--force', 'new.ts')

    const { code, report, output } = await run([], { EDGE_USERS_KEY: '' })

    await writeFile(file, toml)
    await git('reset', '--quiet', 'new.ts')
    expect([code, report['result']]).toEqual([2, 'refused'])
    expect(report['message']).toMatch(/AUTH=open lets.*in no commit.*EDGE_USERS_KEY is not set/s)
    expect(output).not.toMatch(/canary|edgeusers_/)
    expect(deployer.cloudflare.calls()).toEqual([])
  })

  test('asks for secrets before the first deploy, and reads them before anybody else', {
    tags: ['slow'],
  }, async ({ deployer }) => {
    const { deploy, project, database } = deployer
    const secrets = { DATABASE_URL: asWorker(database.url), API_KEYS: '[]' }
    await project.write('bad.json', JSON.stringify(secrets))

    const without = await deploy()
    const bad = await deploy(['--secrets-file', 'bad.json'])

    expect(without.report['message']).toContain('add --secrets-file FILE')
    expect([bad.code, bad.report['message']]).toEqual([
      2,
      expect.stringContaining('Nobody could get in'),
    ])
    expect(deployer.cloudflare.changes()).toEqual([])
  })

  test('makes the Worker, its domain and its cron trigger at the first time', async ({
    deployer,
  }) => {
    const { cloudflare, run, secretsFile, commitId } = deployer
    const before = cloudflare.calls().length

    const { code, report, output } = await run(['--secrets-file', secretsFile])

    expect(code, output).toBe(0)
    expect(report).toMatchObject({ result: 'deployed', step: 'done', migrations: [] })
    const ids = { NEW: String(report['versionId']), COMMIT: await commitId(), SECRETS: secretsFile }
    expect(namesOf(cloudflare.calls().slice(before), ids)).toEqual([
      `deploy --tag COMMIT --message Deploy ${ids.COMMIT.slice(0, 12)} --secrets-file SECRETS`,
      'triggers deploy',
    ])
    expect(sharesOf(cloudflare, ids).at(-1)).toBe(
      `NEW 100: Deployed ${ids.COMMIT.slice(0, 12)}: version NEW`,
    )
    expect(cloudflare.worker()?.settings['observability']).toMatchObject({ enabled: true })
    expect(deployer.traffic()).toEqual([{ versionId: ids.NEW, percentage: 100 }])
    expect(cloudflare.secrets()).toEqual(['API_KEYS', 'AUTH', 'DATABASE_URL'])
    expect(cloudflare.triggers()).toEqual({
      crons: ['17 * * * *'],
      routes: ['users.example.com'],
    })
  })

  test('changes nothing with --dry-run, and says what it would do', { tags: ['slow'] }, async ({
    deployer,
  }) => {
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
    const { cloudflare, deploy, commitId, writeNew } = deployer
    await writeNew()
    const [{ versionId: old = '' } = {}] = deployer.traffic()
    const [calls, deployments] = [cloudflare.calls().length, cloudflare.deployments().length]

    const { code, report, output } = await deploy(['--steps', '10,50', '--pause', '1'])

    expect(code, output).toBe(0)
    expect(report).toMatchObject({
      result: 'deployed',
      previousVersionId: old,
      migrations: ['9999_add_nickname'],
      message: expect.stringContaining('Schema: at 9999_add_nickname, 1 applied by this run.'),
    })
    const ids = { NEW: String(report['versionId']), OLD: old, COMMIT: await commitId() }
    expect(namesOf(cloudflare.calls().slice(calls), ids)).toEqual([
      `versions upload --tag COMMIT --message Deploy ${ids.COMMIT.slice(0, 12)}`,
      'triggers deploy',
    ])
    const message = `${ids.COMMIT.slice(0, 12)}: version NEW`
    expect(sharesOf(cloudflare, ids).slice(deployments)).toEqual([
      `OLD 100, NEW 0: Deploy ${message}`,
      `OLD 90, NEW 10: Deploy ${message}`,
      `OLD 50, NEW 50: Deploy ${message}`,
      `NEW 100: Deploy ${message}`,
      `NEW 100: Deployed ${message}`,
    ])
    expect(deployer.traffic()).toEqual([{ versionId: ids.NEW, percentage: 100 }])
    expect(await deployer.hasNickname()).toBe(true)
  })

  test('changes nothing when the commit is deployed, and looks whether it works', async ({
    deployer,
  }) => {
    const { cloudflare, deploy } = deployer
    const [calls, changes] = [cloudflare.calls().length, cloudflare.changes().length]

    const { code, report } = await deploy()

    expect([code, report['result']]).toEqual([0, 'deployed'])
    // Nothing is asked of wrangler, whose every start takes seconds.
    expect([cloudflare.calls().length, cloudflare.changes().length]).toEqual([calls, changes])
  })

  test('leaves a version that was tried before as it is, whatever fails later', async ({
    deployer,
  }) => {
    const { cloudflare, deploy } = deployer
    const traffic = deployer.traffic()
    cloudflare.breakVersion(cloudflare.versions().length)

    const { code, report } = await deploy()

    cloudflare.mendVersions()
    expect([code, report['result']]).toEqual([1, 'failed'])
    expect(report['message']).toContain('so it was left as it is')
    expect(deployer.traffic()).toEqual(traffic)
  })

  test('refuses a key that the service does not take, before anything is changed', {
    tags: ['slow'],
  }, async ({ deployer }) => {
    const { cloudflare, commit, deploy } = deployer
    await commit()
    const before = cloudflare.changes().length

    const { code, report } = await deploy([], { EDGE_USERS_KEY: createKey() })

    expect([code, report['result']]).toEqual([2, 'refused'])
    expect(report['message']).toContain('does not take EDGE_USERS_KEY')
    expect(cloudflare.changes().length).toBe(before)
  })

  test('takes new secrets up with a version of their own, in any shell', {
    tags: ['slow'],
  }, async ({ deployer }) => {
    const { cloudflare, run, secretsFile, withWrangler } = deployer

    const before = cloudflare.calls().length

    const { code, report, output } = await run(['--secrets-file', secretsFile], {
      ...oddShell,
      ...withWrangler,
    })

    expect([code, report['result']], output).toEqual([0, 'deployed'])
    expect(cloudflare.calls().slice(before).join()).toContain(`--secrets-file ${secretsFile}`)
  })

  test('refuses secrets with a role that may not do the work, before there is a version', {
    tags: ['slow'],
  }, async ({ deployer }) => {
    const { cloudflare, database, deploy, project } = deployer
    const DATABASE_URL = Object.assign(new URL(database.url), { username: 'nobody' }).href
    await project.write('nobody.json', JSON.stringify({ DATABASE_URL }))
    const before = cloudflare.changes().length

    const { code, report } = await deploy(['--secrets-file', 'nobody.json'])

    expect([code, report['result']]).toEqual([1, 'failed'])
    expect(report['message']).toMatch(
      /The role nobody .* there is no such role\. .*npm run db:role/,
    )
    expect(cloudflare.changes().length).toBe(before)
  })

  test('deploys no older commit than the one that answers, unless it is told to', async ({
    deployer,
  }) => {
    const { cloudflare, commitId, deploy, git } = deployer
    expect(await deploy()).toMatchObject({ code: 0 })
    const newer = (await commitId()).slice(0, 12)
    await git('checkout', '--quiet', 'HEAD~1')
    const older = (await commitId()).slice(0, 12)
    const before = cloudflare.changes().length

    const refused = await deploy()
    const planned = await deploy(['--yes', '--dry-run'])

    await git('checkout', '--quiet', '-')
    const sentence = `Commit ${older} is older than ${newer}, which answers now`
    expect([refused.code, refused.report['result']]).toEqual([2, 'refused'])
    expect(refused.report['message']).toContain(sentence)
    expect(planned.report['result']).toBe('planned')
    expect(planned.output).toContain(sentence)
    expect(cloudflare.changes().length).toBe(before)
  })

  test('lets one of two at once do it', { tags: ['slow'] }, async ({ deployer }) => {
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

  test('goes back to the version before when the new one fails in production', async ({
    deployer,
  }) => {
    const { cloudflare, commit, deploy } = deployer
    const traffic = deployer.traffic()
    await commit()
    cloudflare.breakInProduction('next')

    const { code, report } = await deploy()

    expect([code, report['result'], report['step']]).toEqual([1, 'undone', 'verify'])
    expect(deployer.traffic()).toEqual(traffic)
    expect((await fetch(new URL('/readyz', cloudflare.url))).status).toBe(200)
  })
})

describe('the lock of a deploy', () => {
  test('keeps a second one out until the first has ended', async ({ deployer }) => {
    const { database } = deployer
    await using first = new AsyncDisposableStack()
    await using second = new AsyncDisposableStack()
    const requireLock = await acquireDeployLock(first, database.url)

    await expect(acquireDeployLock(second, database.url)).rejects.toThrow('another deploy')
    await requireLock()
    await first.disposeAsync()
    await acquireDeployLock(second, database.url)
  })
})
