/**
 * Starts wrangler itself some twenty times: what it prints and asks for is what the stand-in is held
 * against.
 *
 * @module-tag slow
 */
import { spawn } from 'node:child_process'
import { copyFile, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Cloudflare, startCloudflare } from '../support/cloudflare.ts'
import { isRunning } from '../support/processes.ts'

const workerDir = inject('workerDir')

let folder: string
let cloudflare: Cloudflare

type Outcome = { code: number | null; stdout: string; stderr: string }

/** With the project's wrangler.toml, in a folder that holds nothing else. */
function start(args: readonly string[], on = cloudflare, binDir = on.binDir) {
  const child = spawn('wrangler', args, {
    cwd: folder,
    env: { ...process.env, ...on.env, PATH: `${binDir}:${process.env['PATH']}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<Outcome>((resolve) => {
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (text) => {
      stdout += text
    })
    child.stderr.on('data', (text) => {
      stderr += text
    })
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
  return { child, ended }
}

const wrangler = (...args: string[]) => start([...args, '--env', 'production']).ended

async function json(...args: string[]) {
  const { stdout } = await wrangler(...args)
  return JSON.parse(stdout)
}

/** Which upload answers, and with what status. */
async function servedBy(override?: string, on = cloudflare) {
  const response = await fetch(new URL('/livez', on.url), {
    headers: override ? { 'Cloudflare-Workers-Version-Overrides': `edge-users="${override}"` } : {},
  })
  const text = await response.text()
  return response.ok ? JSON.parse(text).versionId : `${response.status} ${text}`
}

const secretsFile = () => join(folder, 'secrets.json')

const firstDeploy = () => [
  ...['deploy', '--secrets-file', secretsFile()],
  ...['--tag', 'one', '--message', 'the first'],
]
const upload = ['versions', 'upload', '--tag', 'two', '--message', 'the second']

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
  folder = await mkdtemp(join(tmpdir(), 'cloudflare-test-'))
  await copyFile('wrangler.toml', join(folder, 'wrangler.toml'))
  await writeFile(
    secretsFile(),
    JSON.stringify({ DATABASE_URL: inject('emptyUrl'), AUTH: 'open', DEV_SECRET: '' }),
  )
  cloudflare = await startCloudflare({
    neonEndpoint: inject('endpointUrl'),
    bundle: join(workerDir, 'worker.js'),
  })
})
afterAll(() => cloudflare.close())

/** In order: each test goes on where the one before has left the account. */
describe('the stand-in for Cloudflare', { concurrent: false }, () => {
  test('knows no Worker before the first deploy', async () => {
    const [status, secrets, upload] = await Promise.all([
      wrangler('deployments', 'status', '--json'),
      wrangler('secret', 'list'),
      wrangler('versions', 'upload'),
    ])

    expect(status).toMatchObject({ code: 1, stdout: '\n' })
    expect(status.stderr).toContain('This Worker does not exist on your account. [code: 10007]')
    expect(secrets.stderr).toContain('Worker "edge-users" (env: production) not found.')
    expect(upload.stderr).toContain('a Worker that does not yet exist')
    expect(await servedBy()).toBe('404 error code: 1042')
  })

  test('takes no Worker whose global scope throws', async () => {
    const { code, stderr } = await wrangler('deploy')

    expect(code).toBe(1)
    expect(stderr).toMatch(/Uncaught Error: ConfigError: DATABASE_URL is not set[\s\S]*code: 10021/)
    expect(cloudflare.worker()).toBeUndefined()
  })

  test('serves the first deploy, with its secrets and triggers', async () => {
    const { code } = await wrangler(...firstDeploy())

    expect(code).toBe(0)
    const [first] = cloudflare.versions()
    expect(await servedBy()).toBe(first?.id)
    expect(cloudflare.traffic()).toEqual([{ versionId: first?.id, tag: 'one', percentage: 100 }])
    expect(cloudflare.secrets()).toEqual(['AUTH', 'DATABASE_URL', 'DEV_SECRET'])
    expect(cloudflare.triggers()).toEqual({ crons: ['17 * * * *'], routes: ['users.example.com'] })
  })

  test('reaches a version by the header only once it is deployed', async () => {
    const file = join(folder, 'upload.ndjson')
    cloudflare.env['WRANGLER_OUTPUT_FILE_PATH'] = file
    await wrangler(...upload)
    delete cloudflare.env['WRANGLER_OUTPUT_FILE_PATH']
    const [one, two] = cloudflare.versions().map(({ id }) => id)
    expect(await servedBy(two)).toBe(one)
    leftByWrangler = leftBy(cloudflare)

    await wrangler('versions', 'deploy', `${two}@0`, `${one}@100`, '-y')

    expect(await servedBy(two)).toBe(two)
    expect(await servedBy()).toBe(one)
    expect(
      JSON.parse((await readFile(file, 'utf8')).trim().split('\n').at(-1) ?? ''),
    ).toMatchObject({
      type: 'version-upload',
      worker_name: 'edge-users',
      version_id: two,
      wrangler_environment: 'production',
    })
  })

  test('prints the JSON of wrangler, oldest first', async () => {
    const [one, two] = cloudflare.versions().map(({ id }) => id)
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

  test('splits traffic, and rolls back', async () => {
    const [one, two] = cloudflare.versions().map(({ id }) => id)
    await wrangler('versions', 'deploy', `${two}@25`, `${one}@75`, '-y')
    const served = await Promise.all(Array.from({ length: 40 }, () => servedBy()))
    expect(Math.abs(served.filter((id) => id === two).length - 10)).toBeLessThan(2)

    await wrangler('versions', 'deploy', `${two}@100%`, '-y', '--message', 'promote')
    cloudflare.breakInProduction(2)
    expect([await servedBy(), await servedBy(two)]).toEqual(['500 error code: 1101', two])
    await wrangler('rollback', `${one}`, '-y', '-m', 'it fails')

    expect(await servedBy()).toBe(one)
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

  test('fails before and after the effect, and logs out', async () => {
    cloudflare.fail('versions upload')
    const before = await wrangler('versions', 'upload')
    expect([before.code, cloudflare.versions().length]).toEqual([1, 2])

    cloudflare.fail('versions upload', { when: 'after', output: 'The answer was lost.' })
    const after = await wrangler('versions', 'upload')
    expect([after.code, cloudflare.versions().length]).toEqual([1, 3])
    expect(after.stderr).toContain('The answer was lost. [code: 10013]')

    cloudflare.logOut()
    const whoami = await wrangler('whoami', '--json')
    cloudflare.logIn()
    expect(whoami).toMatchObject({ code: 1, stdout: '\n{"loggedIn":false}\n' })
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

  test('refuses single requests, which wrangler tries again when it uploads', async () => {
    cloudflare.refuse('PUT', /\/schedules$/, { code: 10_100, message: 'No cron today.' })
    cloudflare.refuse('POST', /\/versions\?/, { when: 'after', times: 1 })
    const [triggers, upload] = await Promise.all([
      wrangler('triggers', 'deploy'),
      wrangler('versions', 'upload', '--tag', 'twice'),
    ])
    cloudflare.heal()

    expect(triggers).toMatchObject({ code: 1 })
    expect(triggers.stderr).toContain('No cron today.')
    expect(upload).toMatchObject({ code: 0 })
    expect(cloudflare.versions().filter(({ tag }) => tag === 'twice')).toHaveLength(2)
  })

  test('hangs until its parent is killed, with the effect made', async () => {
    const [, two] = cloudflare.versions().map(({ id }) => id)
    cloudflare.hang('versions deploy', { when: 'after' })
    const script = `wrangler versions deploy ${two}@100 -y --env production & echo $!; wait`
    const parent = spawn('/bin/sh', ['-c', script], {
      cwd: folder,
      env: {
        ...process.env,
        ...cloudflare.env,
        PATH: `${cloudflare.binDir}:${process.env['PATH']}`,
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)))
    await cloudflare.hanging()
    parent.kill('SIGKILL')

    await expect.poll(() => isRunning(pid)).toBe(false)
    expect(cloudflare.traffic()).toMatchObject([{ versionId: two, percentage: 100 }])
  })

  test('answers 1101 for a version that cannot start, if it takes it', async () => {
    const careless = await startCloudflare({
      neonEndpoint: inject('endpointUrl'),
      bundle: join(workerDir, 'worker.js'),
      startupCheck: false,
    })
    const deploy = ['deploy', '--env', 'production']
    const { code } = await start(deploy, careless, careless.lightBinDir).ended

    expect([code, await servedBy(undefined, careless)]).toEqual([0, '500 error code: 1101'])
    await careless.close()
  })

  test('is left by the light uploader as wrangler leaves it', async () => {
    const bundle = join(workerDir, 'worker.js')
    const other = await startCloudflare({ neonEndpoint: inject('endpointUrl'), bundle })
    for (const args of [firstDeploy(), upload, ['triggers', 'deploy']]) {
      const { ended } = start([...args, '--env', 'production'], other, other.lightBinDir)
      expect((await ended).code).toBe(0)
    }
    const left = leftBy(other)
    await other.close()

    expect(left).toEqual(leftByWrangler)
  })
})
