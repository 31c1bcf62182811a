import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cloudflare } from '../support/cloudflare.ts'
import { isRunning } from '../support/processes.ts'
import { firstDeploy, type StandIn, startStandIn, upload } from '../support/stand-in.ts'

let standIn: StandIn
let cloudflare: Cloudflare

beforeAll(async () => {
  standIn = await startStandIn()
  cloudflare = standIn.cloudflare
})
afterAll(() => cloudflare.close())

const wrangler = (...args: string[]) => standIn.wrangler(...args)

async function json(...args: string[]) {
  const { stdout } = await wrangler(...args)
  return JSON.parse(stdout)
}

/** In order: each test goes on where the one before has left the account. */
describe('the stand-in for Cloudflare, as wrangler itself reads it,', { concurrent: false }, () => {
  test('knows no Worker before the first deploy', async () => {
    const [status, secrets, uploaded] = await Promise.all([
      wrangler('deployments', 'status', '--json'),
      wrangler('secret', 'list'),
      wrangler('versions', 'upload'),
    ])

    expect(status).toMatchObject({ code: 1, stdout: '\n' })
    expect(status.stderr).toContain('This Worker does not exist on your account. [code: 10007]')
    expect(secrets.stderr).toContain('Worker "edge-users" (env: production) not found.')
    expect(uploaded.stderr).toContain('a Worker that does not yet exist')
  })

  test('takes no Worker whose global scope throws', async () => {
    const { code, stderr } = await wrangler('deploy')

    expect(code).toBe(1)
    expect(stderr).toMatch(/Uncaught Error: ConfigError: DATABASE_URL is not set[\s\S]*code: 10021/)
    expect(cloudflare.worker()).toBeUndefined()
  })

  test('prints the JSON of wrangler, oldest first', async () => {
    await standIn.light(...firstDeploy)
    await standIn.light(...upload)
    const [one, two] = cloudflare.versions().map(({ id }) => id)
    await wrangler('versions', 'deploy', `${two}@0`, `${one}@100`, '-y')

    const [status, deployments, versions, secrets] = await Promise.all([
      json('deployments', 'status', '--json'),
      json('deployments', 'list', '--json'),
      json('versions', 'list', '--json'),
      json('secret', 'list', '--format', 'json'),
    ])

    expect(status.versions).toEqual([
      { version_id: two, percentage: 0 },
      { version_id: one, percentage: 100 },
    ])
    expect(deployments.at(-1)).toEqual(status)
    expect(versions.map(({ id }: { id: string }) => id)).toEqual([one, two])
    expect(versions[1].annotations).toMatchObject({
      'workers/tag': 'two',
      'workers/message': 'the second',
    })
    expect(secrets).toContainEqual({ name: 'DATABASE_URL', type: 'secret_text' })
  })

  test('takes a promotion and a rollback of wrangler', async () => {
    const [one, two] = cloudflare.versions().map(({ id }) => id)
    await wrangler('versions', 'deploy', `${two}@100%`, '-y', '--message', 'promote')
    expect(await standIn.servedBy()).toBe(two)
    await wrangler('rollback', `${one}`, '-y', '-m', 'it fails')

    expect(await standIn.servedBy()).toBe(one)
    expect(cloudflare.calls().at(-1)).toBe(`rollback ${one} -y -m it fails --env production`)
    expect(cloudflare.exitCodes().at(-1)).toBe(0)
  })

  test('refuses what wrangler and Cloudflare refuse', async () => {
    const [one] = cloudflare.versions().map(({ id }) => id)
    const unknown = '00000000-0000-4000-8000-000000000000'
    const outcomes = await Promise.all([
      wrangler('versions', 'upload', '--percentage', '0'),
      wrangler('versions', 'deploy', `${one}@60%`, '-y'),
      wrangler('versions', 'deploy', `${unknown}@100%`, '-y'),
    ])

    expect(outcomes.map(({ code }) => code)).toEqual([1, 1, 1])
    expect(outcomes[0]?.stderr).toContain('Unknown argument: percentage')
    expect(outcomes[1]?.stderr).toContain('must total exactly 100%')
    expect(outcomes[2]?.stderr).toContain('[code: 10008]')
    expect(cloudflare.traffic()).toMatchObject([{ versionId: one, percentage: 100 }])
  })

  test('fails before and after the effect', async () => {
    const { length } = cloudflare.versions()
    cloudflare.fail('versions upload')
    const before = await wrangler('versions', 'upload')
    expect([before.code, cloudflare.versions().length]).toEqual([1, length])

    cloudflare.fail('versions upload', { when: 'after', output: 'The answer was lost.' })
    const after = await wrangler('versions', 'upload')
    expect([after.code, cloudflare.versions().length]).toEqual([1, length + 1])
    expect(after.stderr).toContain('The answer was lost. [code: 10013]')
  })

  test('refuses single requests, which wrangler tries again when it uploads', async () => {
    cloudflare.refuse('PUT', /\/schedules$/, { code: 10_100, message: 'No cron today.' })
    cloudflare.refuse('POST', /\/versions\?/, { when: 'after', times: 1 })
    const [triggers, twice] = await Promise.all([
      wrangler('triggers', 'deploy'),
      wrangler('versions', 'upload', '--tag', 'twice'),
    ])
    cloudflare.heal()

    expect(triggers).toMatchObject({ code: 1 })
    expect(triggers.stderr).toContain('No cron today.')
    expect(twice).toMatchObject({ code: 0 })
    expect(cloudflare.versions().filter(({ tag }) => tag === 'twice')).toHaveLength(2)
  })

  test('hangs until its parent is killed, with the effect made', async () => {
    cloudflare.hang('versions upload', { when: 'after' })
    const script = 'wrangler versions upload --tag hung --env production >&2 & echo $!; wait'
    const { child: parent } = standIn.start('/bin/sh', '-c', script)
    const [pid] = parent.stdout ? await once(parent.stdout, 'data') : []
    await cloudflare.hanging()
    parent.kill('SIGKILL')

    await expect.poll(() => isRunning(Number(pid))).toBe(false)
    expect(cloudflare.versions().at(-1)?.tag).toBe('hung')
  })

  test('logs out', async () => {
    cloudflare.logOut()
    const whoami = await wrangler('whoami', '--json')
    cloudflare.logIn()

    expect(whoami).toMatchObject({ code: 1, stdout: '\n{"loggedIn":false}\n' })
  })
})
