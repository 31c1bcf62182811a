/**
 * Takes over ten seconds: each of its deploys runs to its end and is looked at after it.
 *
 * @module-tag slow
 */
import { describe, expect } from 'vitest'
import type { Cloudflare } from '../support/cloudflare.ts'
import { type Deployer, newTag, test } from '../support/deploy-test.ts'

/** What answers, as a deploy has left it. */
const oldAlone = ({ traffic }: Deployer, old: string) =>
  expect(traffic()).toEqual([{ versionId: old, percentage: 100 }])

const messagesOf = (cloudflare: Cloudflare) =>
  cloudflare.deployments().map(({ annotations }) => String(annotations['workers/message']))

/** For good: what may pass is asked again, after a pause. */
const refused = { status: 400 }

type Break = (cloudflare: Cloudflare) => void

/** In order: each test begins with one version that gets all requests, and ends with it. */
describe('a deploy that fails', { concurrent: false }, () => {
  let old = ''

  test('the first deploy has nothing to go back to, and says so', async ({ deployer }) => {
    const { cloudflare, deploy, secretsFile } = deployer
    cloudflare.breakVersion('next')

    const { code, report } = await deploy(['--secrets-file', secretsFile])

    expect([code, report['result'], report['step']]).toEqual([1, 'failed', 'verify'])
    expect(report['message']).toMatch(/answered 500.*Mend the cause, and run the same again\./)
    expect(messagesOf(cloudflare).join()).not.toContain('Back from')
    old = await deployer.deployOld()
  })

  test.for([
    ['login', (cloudflare) => cloudflare.logOut('bad-token')],
    ['list of deployments', (cloudflare) => cloudflare.refuse('GET', /\/deployments$/, refused)],
    ['list of secrets', (cloudflare) => cloudflare.refuse('GET', /\/secrets$/, refused)],
  ] as const satisfies [string, Break][])(
    'without its %s changes nothing',
    async ([, spoil], { deployer }) => {
      const { cloudflare, deploy, commit } = deployer
      await commit()
      spoil(cloudflare)
      const before = cloudflare.changes().length

      const { code, report } = await deploy()

      cloudflare.logIn()
      cloudflare.heal()
      expect([code, report['result']]).toEqual([1, 'refused'])
      expect(cloudflare.changes().length).toBe(before)
    },
  )

  test('at its migration leaves code and schema as they were', async ({ deployer }) => {
    const { cloudflare, deploy, writeNew, hasNickname } = deployer
    await writeNew(
      'ALTER TABLE users ADD COLUMN nickname text;--> statement-breakpoint\nSELECT 1/0;',
    )
    const before = cloudflare.changes().length

    const { code, report } = await deploy()

    expect([code, report['result'], report['step']]).toEqual([1, 'failed', 'migrate'])
    expect(report['message']).toMatch(RegExp(`${newTag}.*22012.*pending: ${newTag}`, 's'))
    expect(cloudflare.changes().length).toBe(before)
    expect(await hasNickname()).toBe(false)
    oldAlone(deployer, old)
  })

  test('with a migration that squawk refuses, runs none', async ({ deployer }) => {
    const { deploy, writeNew, hasNickname } = deployer
    await writeNew('ALTER TABLE users DROP COLUMN name;')

    const { code, report } = await deploy()

    expect([code, report['result']]).toEqual([1, 'refused'])
    expect(report['message']).toContain('ban-drop-column')
    expect(await hasNickname()).toBe(false)
    oldAlone(deployer, old)
  })

  test('on a database that somebody changed by hand, runs none', async ({ deployer }) => {
    const { database, deploy, writeNew, hasNickname } = deployer
    await writeNew()
    await database.query('create index by_hand on users (created_at)')

    const { code, report } = await deploy()

    expect([code, report['result']]).toEqual([1, 'refused'])
    expect(report['message']).toContain('by_hand')
    expect(await hasNickname()).toBe(false)
    await database.query('drop index by_hand')
  })

  const deployments = /\/deployments$/
  const [zero, promotion] = [/"percentage":0\}/, /:100\}\],"annotations":\{"[^"]+":"Deploy /]
  const undone = 'goes back to the version before'
  const nothing = 'has nothing to take back'

  test.for([
    ['upload', nothing, 'upload', (cloudflare) => cloudflare.fail('versions upload')],
    [
      'upload, whose answer is lost,',
      nothing,
      'upload',
      (cloudflare) => cloudflare.fail('versions upload', { when: 'after' }),
    ],
    [
      '0 %',
      undone,
      'upload',
      (cloudflare) => cloudflare.refuse('POST', deployments, { ...refused, body: zero }),
    ],
    [
      '0 %, whose answer is lost,',
      undone,
      'upload',
      (cloudflare) =>
        cloudflare.refuse('POST', deployments, { ...refused, body: zero, when: 'after' }),
    ],
    ['smoke test', undone, 'smoke', (cloudflare) => cloudflare.breakVersion('next')],
    [
      'promotion',
      undone,
      'promote',
      (cloudflare) => cloudflare.refuse('POST', deployments, { ...refused, body: promotion }),
    ],
    [
      'promotion, whose answer is lost,',
      undone,
      'promote',
      (cloudflare) =>
        cloudflare.refuse('POST', deployments, { ...refused, body: promotion, when: 'after' }),
    ],
    ['triggers', undone, 'verify', (cloudflare) => cloudflare.fail('triggers deploy')],
    [
      'steps',
      undone,
      'promote',
      (cloudflare) => cloudflare.breakInProduction('next'),
      ['--steps', '90', '--pause', '5'],
    ],
    [
      'smoke test of production',
      undone,
      'verify',
      (cloudflare) => cloudflare.breakInProduction('next'),
    ],
  ] as [string, string, string, Break, string[]?][])(
    'at its %s %s',
    async ([, what, step, spoil, options = []], { deployer }) => {
      const { cloudflare, deploy, hasNickname } = deployer
      spoil(cloudflare)
      const before = cloudflare.deployments().length

      const { code, report } = await deploy(options)

      cloudflare.heal()
      expect([code, report['step']]).toEqual([1, step])
      expect(report['result']).toBe(what === undone ? 'undone' : 'failed')
      const rollbacks = messagesOf(cloudflare)
        .slice(before)
        .filter((message) => message.startsWith('Back from'))
      expect(rollbacks).toHaveLength(what === undone ? 1 : 0)
      oldAlone(deployer, old)
      // The schema stays: the version before runs on it.
      expect(await hasNickname()).toBe(true)
      expect(report['message']).toContain(
        `version ${old} has 100 % of the requests to edge-users. Schema: at ${newTag}`,
      )
      expect((await fetch(new URL('/readyz', cloudflare.url))).status).toBe(200)
    },
  )

  test('and cannot go back either, says what to do by hand, and goes on when run again', async ({
    deployer,
  }) => {
    const { cloudflare, deploy, traffic } = deployer
    cloudflare.fail('triggers deploy')
    cloudflare.refuse('POST', deployments, { ...refused, body: /Back from/ })

    const failed = await deploy()
    cloudflare.heal()
    const versions = cloudflare.versions().length
    const mended = await deploy()

    expect([failed.code, failed.report['result']]).toEqual([1, 'failed'])
    expect(failed.report['message']).toContain(`npx wrangler rollback ${old} --env production`)
    expect(mended.report).toMatchObject({ result: 'deployed', previousVersionId: old })
    expect(cloudflare.versions().length).toBe(versions)
    expect(traffic()).toEqual([{ versionId: mended.report['versionId'], percentage: 100 }])
  })
})
