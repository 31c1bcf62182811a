import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

/** What `npm run rehearse` tells somebody to export, once it serves. */
async function startRehearsal() {
  const child = spawn(process.execPath, ['test/rehearsal.ts'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const variables: Record<string, string> = {}
  for await (const line of createInterface({ input: child.stdout })) {
    const [, name, value] = /^export (\w+)=(.*)$/.exec(line) ?? []
    if (name !== undefined && value !== undefined) {
      variables[name] = value
    }
    if (line.startsWith('Ctrl-C')) {
      break
    }
  }
  return { child, variables }
}

/** A clone of what is committed, as the guide asks for. */
async function clone(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'rehearsal-'))
  await promisify(execFile)('git', ['clone', '--quiet', resolve('.'), directory])
  await symlink(resolve('node_modules'), join(directory, 'node_modules'))
  await writeFile(join(directory, '.git/info/exclude'), 'node_modules\n')
  return directory
}

test('docs/deploying.md leads from an empty database to a service, step by step', {
  timeout: 300_000,
}, async () => {
  const { child, variables } = await startRehearsal()
  const directory = await clone()
  const env = { ...process.env, ...variables }
  const sh = async (command: string, more: Record<string, string> = {}) =>
    (await promisify(execFile)('sh', ['-c', command], { cwd: directory, env: { ...env, ...more } }))
      .stdout
  const secretsFile = `${directory}.env`

  expect(await sh('npm run --silent db:migrate')).toMatch(/The database is up to date\.\n$/)
  const role = await sh('npm run --silent db:role -- --name users_worker')
  const printed = await sh('npm run --silent keys:new -- --name deploy --scopes users:read')
  const [key = ''] = /edgeusers_\S+/.exec(printed) ?? []
  const [entries = ''] = /API_KEYS='.*'/.exec(printed) ?? []
  await writeFile(secretsFile, `${role}${entries}\n`)
  const toml = join(directory, 'wrangler.toml')
  const { host } = new URL(variables['DATABASE_URL_DIRECT'] ?? '')
  const text = await readFile(toml, 'utf8')
  await writeFile(toml, text.replace('ep-name-123456.eu-central-1.aws.neon.tech:5432', host))
  await sh(
    'git -c user.name=test -c user.email=test@example.com commit --quiet --all --message hosts',
  )
  const deploy = `npm run --silent deploy -- --url $URL --secrets-file ${secretsFile}`
  const plan = await sh(`${deploy} --dry-run`, { EDGE_USERS_KEY: key })
  const done = await sh(deploy, { EDGE_USERS_KEY: key })
  const answer = await fetch(new URL('/users', variables['URL']), {
    headers: { Authorization: `Bearer ${key}` },
  })

  expect(plan).toMatch(/the first deploy: there is nothing to go back to\nNothing was changed\.\n$/)
  expect(done).toMatch(/ {2}verified .*\nVersion \S+ answers at http.* Schema: at \d{4}_\w+\.\n$/)
  expect(await answer.json()).toMatchObject({ type: '/problems/no-users' })
  child.kill('SIGINT')
  await once(child, 'exit')
})
