import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cloudflare } from '../support/cloudflare.ts'
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

  test('logs out', async () => {
    cloudflare.logOut()
    const whoami = await wrangler('whoami', '--json')
    cloudflare.logIn()

    expect(whoami).toMatchObject({ code: 1, stdout: '\n{"loggedIn":false}\n' })
  })
})
