import pg from 'pg'
import { describe, expect } from 'vitest'
import { test } from '../support/deploy-test.ts'

/** In order: each test begins with one version that gets all requests, and ends with the next. */
describe('a deploy that is killed', { concurrent: false }, () => {
  let old = ''

  test('in its migration goes on when it is run again', async ({ deployer }) => {
    const { database, deploy, start, traffic, writeNew, hasNickname } = deployer
    old = await deployer.deployOld()
    await writeNew()
    const holder = new pg.Client({ connectionString: database.url })
    await holder.connect()
    await holder.query('begin; lock table users in access share mode')
    const command = start([])
    const waiting = `select from pg_locks where not granted and relation = 'users'::regclass`
    await expect.poll(() => database.query(waiting), { timeout: 60_000 }).toHaveLength(1)
    command.child.kill('SIGKILL')
    await holder.end()
    await command.ended

    expect(await hasNickname()).toBe(false)
    expect(traffic()).toEqual([{ versionId: old, percentage: 100 }])
    const { code, report } = await deploy()
    expect([code, report['result']]).toEqual([0, 'deployed'])
    expect(await hasNickname()).toBe(true)
    old = String(report['versionId'])
  })

  const [zero, promotion] = [/"percentage":0\}/, /:100\}\],"annotations":\{"[^"]+":"Deploy /]

  test.for([
    ['before its upload', 'versions upload', 'before', [100]],
    ['after its upload', 'versions upload', 'after', [100]],
    ['before it is at 0 %', zero, 'before', [100]],
    ['when it is at 0 %', zero, 'after', [100, 0]],
    ['before its promotion', promotion, 'before', [100, 0]],
    ['after its promotion', promotion, 'after', [0, 100]],
    ['before its triggers', 'triggers deploy', 'before', [0, 100]],
    ['before it has written down that all is well', /"Deployed /, 'before', [0, 100]],
  ] as const satisfies [string, string | RegExp, 'before' | 'after', number[]][])(
    '%s leaves a version that works, and goes on when it is run again',
    async ([, place, when, [oldShare, newShare]], { deployer }) => {
      const { cloudflare, commit, deploy, start, traffic } = deployer
      await commit()
      if (typeof place === 'string') {
        cloudflare.hang(place, { when })
      } else {
        cloudflare.refuse('POST', /\/deployments$/, { body: place, when, hangs: true })
      }
      const killed = start([])
      await cloudflare.hanging()
      killed.child.kill('SIGKILL')
      await killed.ended

      const shares = traffic()
      const shareOf = (isOld: boolean) =>
        shares.find(({ versionId }) => (versionId === old) === isOld)?.percentage ?? 0
      expect([shareOf(true), shareOf(false)]).toEqual([oldShare, newShare ?? 0])
      expect((await fetch(new URL('/readyz', cloudflare.url))).status).toBe(200)
      cloudflare.heal()
      const versions = cloudflare.versions().length

      const { code, report, output } = await deploy()

      expect([code, report['result']], output).toEqual([0, 'deployed'])
      expect(traffic()).toEqual([{ versionId: report['versionId'], percentage: 100 }])
      // What was deployed already goes on; what was only uploaded is nobody's.
      expect(cloudflare.versions().length - versions).toBe(newShare === undefined ? 1 : 0)
      old = String(report['versionId'])
    },
  )

  test('by Ctrl-C says where it stands, and goes on when it is run again', async ({ deployer }) => {
    const { cloudflare, commit, deploy, start, traffic } = deployer
    await commit()
    cloudflare.refuse('POST', /\/deployments$/, { body: promotion, hangs: true })
    const stopped = start([])
    await cloudflare.hanging()
    stopped.child.kill('SIGINT')
    cloudflare.heal()

    const code = await stopped.ended

    expect(code).toBe(130)
    expect(stopped.output()).toMatch(
      /Stopped during promote.*version \S+ has 100 % and version \S+ has 0 % of/s,
    )
    expect(stopped.output()).toContain('Run the same again: it goes on from there.')
    const { report } = await deploy()
    expect(report['result']).toBe('deployed')
    expect(traffic()).toEqual([{ versionId: report['versionId'], percentage: 100 }])
  })
})
