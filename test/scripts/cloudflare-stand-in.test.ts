/**
 * Takes over ten seconds: it starts wrangler itself for all that a deploy has wrangler do. What nothing
 * but wrangler reads of an account is tried in test/long/cloudflare-stand-in.test.ts.
 *
 * @module-tag slow
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cloudflare as Api, createCloudflare } from '../../scripts/deploy/cloudflare.ts'
import type { Cloudflare } from '../support/cloudflare.ts'
import { firstDeploy, type StandIn, startStandIn, upload } from '../support/stand-in.ts'

let standIn: StandIn
let cloudflare: Cloudflare
/** The calls that a deploy makes itself. */
let api: Api

/** After the first deploy and an upload, without what differs from one account to the next. */
const leftBy = (on: Cloudflare) => ({
  versions: on.versions().map(({ id, createdOn, bindings, modules, ...rest }) => ({
    ...rest,
    // Of the others workerd knows nothing.
    bindings: bindings.filter(({ type }) => type === 'version_metadata'),
    code: modules.map(({ type, content }) => [type, content.toString()]),
  })),
  traffic: on.traffic().map(({ tag }) => tag),
  ...on.triggers(),
})
let leftByWrangler: ReturnType<typeof leftBy>

beforeAll(async () => {
  standIn = await startStandIn()
  cloudflare = standIn.cloudflare
  const { CLOUDFLARE_ACCOUNT_ID: id = '', CLOUDFLARE_API_TOKEN: token } = cloudflare.env
  const account = { apiUrl: cloudflare.apiUrl, id, headers: { Authorization: `Bearer ${token}` } }
  api = createCloudflare(account, 'edge-users', new AbortController().signal)
})
afterAll(() => cloudflare.close())

/** In order: each test goes on where the one before has left the account. */
describe('the stand-in for Cloudflare', { concurrent: false }, () => {
  test('takes no Worker whose global scope throws', async () => {
    const { code, stderr } = await standIn.light('deploy')

    expect(code).toBe(1)
    expect(stderr).toMatch(/"code":10021,.*Uncaught Error: ConfigError: DATABASE_URL is not set/)
    expect(cloudflare.worker()).toBeUndefined()
    expect(await standIn.servedBy()).toBe('404 error code: 1042')
    expect([await api.deployments(), await api.secretNames()]).toEqual([[], []])
  })

  test('serves the first deploy, with its secrets and triggers', async () => {
    const { code } = await standIn.wrangler(...firstDeploy)

    expect(code).toBe(0)
    const [first] = cloudflare.versions()
    expect(await standIn.servedBy()).toBe(first?.id)
    expect(cloudflare.traffic()).toEqual([{ versionId: first?.id, tag: 'one', percentage: 100 }])
    expect(await api.secretNames()).toEqual(['AUTH', 'DATABASE_URL', 'DEV_SECRET'])
    expect(cloudflare.triggers()).toEqual({ crons: ['17 * * * *'], routes: ['users.example.com'] })
  })

  test('reaches a version by the header only once it is deployed', async () => {
    const file = join(cloudflare.binDir, '../upload.ndjson')
    cloudflare.env['WRANGLER_OUTPUT_FILE_PATH'] = file
    await standIn.wrangler(...upload)
    delete cloudflare.env['WRANGLER_OUTPUT_FILE_PATH']
    const [one = '', two = ''] = cloudflare.versions().map(({ id }) => id)
    expect(await standIn.servedBy(two)).toBe(one)
    leftByWrangler = leftBy(cloudflare)

    await api.deploy(
      [
        [two, 0],
        [one, 100],
      ],
      'both',
    )

    expect(await standIn.servedBy(two)).toBe(two)
    expect(await standIn.servedBy()).toBe(one)
    expect(
      JSON.parse((await readFile(file, 'utf8')).trim().split('\n').at(-1) ?? ''),
    ).toMatchObject({
      type: 'version-upload',
      worker_name: 'edge-users',
      version_id: two,
      wrangler_environment: 'production',
    })
  })

  test('splits traffic, and rolls back', async () => {
    const [one = '', two = ''] = cloudflare.versions().map(({ id }) => id)
    await api.deploy(
      [
        [two, 25],
        [one, 75],
      ],
      'a quarter',
    )
    const served = await Promise.all(Array.from({ length: 40 }, () => standIn.servedBy()))
    expect(Math.abs(served.filter((id) => id === two).length - 10)).toBeLessThan(2)

    await api.deploy([[two, 100]], 'promote')
    cloudflare.breakInProduction(2)
    expect([await standIn.servedBy(), await standIn.servedBy(two)]).toEqual([
      '500 error code: 1101',
      two,
    ])
    await api.rollBack(one, 'it fails')

    expect(await standIn.servedBy()).toBe(one)
    expect((await api.deployments())[0]).toEqual({
      message: 'it fails',
      versions: [{ id: one, percentage: 100 }],
    })
  })

  test('fails before and after the effect', async () => {
    cloudflare.fail('versions upload')
    const before = await standIn.light('versions', 'upload')
    expect([before.code, cloudflare.versions().length]).toEqual([1, 2])

    cloudflare.fail('versions upload', { when: 'after', output: 'The answer was lost.' })
    const after = await standIn.light('versions', 'upload')
    expect([after.code, cloudflare.versions().length]).toEqual([1, 3])
    expect(after.stderr).toContain('"code":10013,"message":"The answer was lost."')
  })

  test('refuses a wrong token, and a wrong account', async () => {
    const ask = (path: string, token: string) =>
      fetch(`${cloudflare.apiUrl}${path}`, { headers: { Authorization: `Bearer ${token}` } }).then(
        async (response) => [response.status, Object(await response.json()).errors[0]?.code],
      )
    const { CLOUDFLARE_ACCOUNT_ID: account, CLOUDFLARE_API_TOKEN: token = '' } = cloudflare.env
    const deployments = (id = '') => `/accounts/${id}/workers/scripts/edge-users/deployments`

    expect(await ask(deployments(account), token)).toEqual([200, undefined])
    expect(await ask(deployments(account), 'other')).toEqual([403, 10_000])
    expect(await ask('/accounts', 'other')).toEqual([403, 9109])
    expect(await ask('/user/tokens/verify', 'other')).toEqual([401, 1000])
    expect(await ask(deployments('f'.repeat(32)), token)).toEqual([403, 10_000])
    expect(await ask(deployments('mine'), token)).toEqual([404, 7003])
  })

  test('answers 1101 for a version that cannot start, if it takes it', async () => {
    const careless = await startStandIn({ startupCheck: false })
    const { code } = await careless.light('deploy')

    expect([code, await careless.servedBy()]).toEqual([0, '500 error code: 1101'])
    await careless.cloudflare.close()
  })

  test('is left by the light uploader as wrangler leaves it', async () => {
    const other = await startStandIn()
    for (const args of [firstDeploy, upload, ['triggers', 'deploy']]) {
      expect((await other.light(...args)).code).toBe(0)
    }
    const left = leftBy(other.cloudflare)
    await other.cloudflare.close()

    expect(left).toEqual(leftByWrangler)
  })
})
