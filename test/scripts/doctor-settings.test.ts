import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { test as base, describe, expect } from 'vitest'
import { meantName } from '../../scripts/doctor/meant-name.ts'
import { checkSettings } from '../../scripts/doctor/settings.ts'
import { knownNames } from '../../scripts/doctor/variables.ts'
import { away, findings, found, test } from '../support/doctor.ts'

const hosted = 'postgresql://user:canary@ep-a-1-pooler.eu.aws.neon.invalid/db'

const key = (name: string, expires?: string) => ({
  name,
  digest: createHash('sha256').update(name).digest('hex'),
  scopes: ['users:read'],
  expires,
})
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
const keys = (...entries: object[]) => `API_KEYS='${JSON.stringify(entries)}'\n`

describe('the settings', () => {
  const url = (value: string) => `DATABASE_URL='${value}'\n`
  const direct = (value: string) => `DATABASE_URL_DIRECT='${value}'\n`

  base.for([
    ['a name with a slip', 'DATABSE_URL=canary', 'fault', /DATABSE_URL.*Write DATABASE_URL\.$/],
    ['the name of another tool', 'DIRECT_URL=canary', 'fault', /Write DATABASE_URL_DIRECT\.$/],
    ['nothing', url(''), 'fault', /^DATABASE_URL is empty/],
    [
      'the command psql',
      'DATABASE_URL="psql \'postgresql://u:canary@h/d\'"',
      'fault',
      /command psql/,
    ],
    ['http', url('http://user:canary@host/db'), 'fault', /begins with http:/],
    ['MySQL', direct('mysql://user:canary@host/db'), 'fault', /_DIRECT begins with mysql:/],
    ['no host', url('postgresql:///db'), 'fault', /names no host/],
    ['no user', url('postgresql://host/db'), 'fault', /names no user/],
    ['no database', url('postgresql://user:canary@host'), 'fault', /names no database/],
    ['a hash', url('postgresql://user:can#canary@host/db'), 'fault', /write @ as %40/],
    ['a slash', url('postgresql://user:can/canary@host/db'), 'fault', /write @ as %40/],
    ['a question mark', url('postgresql://user:can?canary@host/db'), 'fault', /write @ as %40/],
    ['a percent sign', url('postgresql://user:canary%@host/db'), 'fault', /Write it as %25/],
    ['a dollar sign', url('postgresql://user:canary$a@127.0.0.1:1/db'), 'warning', /as %24/],
    ['a wrong port', url('postgresql://user:canary@host:99999/db'), 'fault', /not a PostgreSQL/],
    ['the example', url('postgresql://USER:PASSWORD@host/db'), 'fault', /still the one of/],
    ['no endpoint', url(away), 'warning', /needs an endpoint.*postgresql:\/\/127\.0\.0\.1:1`/],
    [
      'a foreign endpoint',
      'NEON_ENDPOINT=http://canary.example/sql',
      'fault',
      /NEON_ENDPOINT must/,
    ],
    [
      'a needless endpoint',
      `${url(hosted)}NEON_ENDPOINT=http://localhost:1`,
      'warning',
      /never ep-a/,
    ],
    ['a wrong AUTH', 'AUTH=canary', 'fault', /^AUTH must be keys, or open/],
    ['keys that are none', 'API_KEYS=canary', 'fault', /^API_KEYS is not a list of keys/],
    ['half of OIDC', 'OIDC_ISSUER=https://a.example', 'fault', /go together/],
    ['a path in CORS', `CORS_ORIGINS=https://a.example/canary`, 'fault', /^CORS_ORIGINS must be/],
    ['nobody', `${url(away)}`, 'warning', /Nobody could get in.*npm run keys:new/],
    ['nobody, all gone', keys(key('a', '2020-01-01')), 'fault', /^Every key .* has expired/],
    [
      'a key that is gone',
      keys(key('a'), key('b', '2020-01-01')),
      'warning',
      /key b .*has expired/,
    ],
    ['a key to go', keys(key('a', inDays(13))), 'warning', /key a .*expires on/],
    ['open doors', `${url(hosted)}AUTH=open`, 'fault', /^AUTH=open is for `npm run dev`/],
    ['a pooled owner', direct(hosted), 'fault', /_DIRECT leads to ep-a.*Take -pooler out/],
    ['no owner', url(hosted), 'warning', /leads to the pooled host.*Set DATABASE_URL_DIRECT/],
    ['two databases', url(away) + direct(`${away}2`), 'fault', /name different databases/],
    [
      'two servers',
      url(hosted) + direct(hosted.replace('ep-a-1-pooler', 'ep-b-2')),
      'warning',
      /leads to ep-a-1\.eu.*and DATABASE_URL_DIRECT to ep-b-2\./,
    ],
  ] as const)('%s', async ([, text, level, message]) => {
    const devVars = parseEnv(text)

    const told = await checkSettings(devVars, devVars)

    expect(told).toContainEqual(found('settings', level, message))
    expect(JSON.stringify(told)).not.toContain('canary')
  })

  test.concurrent('that are in order are told nothing', async ({ project }) => {
    const direct = hosted.replace('-pooler', '')
    await project.write(
      '.dev.vars',
      `DATABASE_URL="${hosted}"\nDATABASE_URL_DIRECT="${direct}"\nEDGE_USERS_KEY=canary\n` +
        `${keys(key('a', inDays(15)))}OTHER=1\n`,
    )

    expect(await findings(project)).toContainEqual(found('settings', 'ok', /in order/))
  })

  test.concurrent('are UTF-16', { tags: ['slow'] }, async ({ project }) => {
    await writeFile(join(project.directory, '.dev.vars'), Buffer.from(url(away), 'utf16le'))

    expect(await findings(project)).toContainEqual(found('settings', 'fault', /Save it as UTF-8/))
  })

  test.concurrent('cannot be read', { tags: ['slow'] }, async ({ project }) => {
    await mkdir(join(project.directory, '.dev.vars'))

    expect(await findings(project)).toContainEqual(found('settings', 'fault', /cannot be read/))
  })

  test.concurrent('stand in the wrong file', { tags: ['slow'] }, async ({ project }) => {
    await project.write('.env', `DATABASE_URL=${away}\n`)

    expect(await findings(project)).toContainEqual(
      found('settings', 'warning', /^\.env names DATA/),
    )
  })

  test.concurrent('are tracked by git', { tags: ['slow'] }, async ({ project }) => {
    await project.write('.dev.vars', keys(key('good')))
    const git = (...args: string[]) => execFileSync('git', args, { cwd: project.directory })
    git('init', '--quiet')
    git('add', '--force', '.dev.vars')

    expect(await findings(project)).toContainEqual(found('settings', 'fault', /^git tracks/))
  })

  test.concurrent('have a slip in the environment', async ({ project }) => {
    const told = await findings(project, { DATABASE_ULR: away })

    expect(told).toContainEqual(found('settings', 'warning', /names DATABASE_ULR/))
  })

  base.for([
    ['DATABASEURL', 'DATABASE_URL'],
    ['database_url', 'DATABASE_URL'],
    ['API_KEY', 'API_KEYS'],
    ['OIDC_ISUER', 'OIDC_ISSUER'],
    ['PATH', undefined],
    ['OTHER_URL', undefined],
  ] as const)('may have meant by %s: %s', ([name, meant]) => {
    expect(meantName(name, knownNames)).toBe(meant)
  })
})
