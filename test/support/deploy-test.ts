import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { test as base, inject } from 'vitest'
import { directHost } from '../../scripts/deploy/environments.ts'
import { type Cloudflare, startCloudflare } from './cloudflare.ts'
import { cloneDatabase, type TestDatabase } from './database.ts'
import type { Order, Outcome } from './deploy-process.ts'
import { acceptKeys, type TestKey, testKey } from './keys.ts'
import { linkProject, type Project } from './project.ts'
import { asWorker } from './worker-role.ts'

/** What the new code needs and the old code does not know. */
export const newTag = '9999_add_nickname'
const newWhen =
  1 + JSON.parse(readFileSync('drizzle/meta/_journal.json', 'utf8')).entries.at(-1).when

const compiled = join(tmpdir(), 'deploy-compiled')

type Run = {
  code: number | string
  output: string
  /** What `--json` printed. */
  report: Record<string, unknown>
}

export type Deployer = {
  cloudflare: Cloudflare
  database: TestDatabase
  project: Project
  /**
   * Runs the deploy to its end, with what `npm run deploy -- --json` says, in a process that all of a
   * file share.
   */
  deploy(options?: readonly string[], env?: Record<string, string>): Promise<Run>
  /** The same, as the command itself. */
  run(options?: readonly string[], env?: Record<string, string>): Promise<Run>
  /** Starts the command, for what comes in the middle. */
  start(options: readonly string[], env?: Record<string, string>): ReturnType<Project['run']>
  /**
   * The first deploy, of the code before the new migration. Resolves with the version's id.
   */
  deployOld(): Promise<string>
  /** The new code in the checkout: a migration, a bundle that needs it, and a commit. */
  writeNew(sql?: string): Promise<void>
  commit(): Promise<void>
  commitId(): Promise<string>
  git(...args: string[]): Promise<string>
  key: TestKey
  /** What a deploy finds in its environment. Its `wrangler` is the light one. */
  env: Record<string, string>
  /** The environment with wrangler itself: where it is about what wrangler does. */
  withWrangler: Record<string, string>
  /** What answers. */
  traffic(): { versionId: string; percentage: number }[]
  hasNickname(): Promise<boolean>
  secretsFile: string
  close(): Promise<void>
}

/** A checkout with its own database, and a Cloudflare that knows nothing of it yet. */
async function startDeployer(): Promise<Deployer> {
  const database = await cloneDatabase(inject('postgresUrl'), inject('templateUrl'))
  const bundle = join(inject('workerDir'), 'worker.js')
  const cloudflare = await startCloudflare({ neonEndpoint: inject('endpointUrl'), bundle })
  const project = await linkProject()
  const { directory } = project
  const key = testKey('deploy', ['users:read'])
  const secretsFile = join(directory, 'secrets.json')

  await rm(join(directory, 'drizzle'))
  await cp('drizzle', join(directory, 'drizzle'), { recursive: true })
  await rm(join(directory, 'wrangler.toml'))
  await writeFile(join(directory, 'wrangler.toml'), await ownToml(database.url))
  await project.link('.squawk.toml')
  await mkdir(join(directory, 'dist/pages'), { recursive: true })
  await writeFile(
    secretsFile,
    JSON.stringify({ DATABASE_URL: asWorker(database.url), ...acceptKeys(key) }),
  )
  const git = async (...args: string[]) => {
    const whole = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args]
    return (await promisify(execFile)('git', whole, { cwd: directory })).stdout.trim()
  }
  await git('init', '--quiet')
  await writeFile(join(directory, '.git/info/exclude'), '*\n')
  const commit = async () => {
    await git('commit', '--quiet', '--allow-empty', '--message', 'the code')
  }
  await commit()

  const inherited = {
    ...cloudflare.env,
    PATH: `${cloudflare.lightBinDir}:${process.env['PATH']}`,
    CLOUDFLARE_API_BASE_URL: cloudflare.apiUrl,
    DATABASE_URL_DIRECT: database.url,
    EDGE_USERS_KEY: key.key,
    // Every run compiles the whole of wrangler, to read its configuration.
    NODE_COMPILE_CACHE: compiled,
  }
  const withWrangler = { PATH: `${cloudflare.binDir}:${process.env['PATH']}` }
  const start: Deployer['start'] = (options, env = {}) =>
    project.run('node', ['scripts/deploy/deploy.ts', '--url', cloudflare.url.origin, ...options], {
      ...inherited,
      ...env,
    })
  const deployProcess = startDeployProcess(directory)
  const deploy: Deployer['deploy'] = (options = [], env = {}) =>
    deployProcess.deploy({
      args: ['--url', cloudflare.url.origin, '--wait', '1', ...options],
      env: { ...process.env, ...inherited, ...env },
    })
  const run: Deployer['run'] = async (options = [], env = {}) => {
    const command = start(['--json', '--wait', '1', ...options], env)
    const code = await command.ended
    const output = command.output()
    const line = output
      .split('\n')
      .find((each) => each.startsWith('{"result"') || each.includes('"result":'))
    return { code, output, report: line ? JSON.parse(line) : {} }
  }
  return {
    cloudflare,
    database,
    project,
    secretsFile,
    start,
    run,
    deploy,
    commit,
    commitId: () => git('rev-parse', 'HEAD'),
    git,
    key,
    env: inherited,
    withWrangler,
    deployOld: async () => {
      const { report, output } = await deploy(['--secrets-file', secretsFile])
      if (report['result'] !== 'deployed') {
        throw new Error(output)
      }
      return String(report['versionId'])
    },
    writeNew: async (sql = 'ALTER TABLE users ADD COLUMN nickname text;') => {
      await addMigration(join(directory, 'drizzle'), sql)
      cloudflare.nextBundle(await bundleThatNeeds(bundle))
      await commit()
    },
    traffic: () =>
      cloudflare.traffic().map(({ versionId, percentage }) => ({ versionId, percentage })),
    hasNickname: async () => {
      const rows = await database.query(
        `select from pg_attribute where attrelid = 'users'::regclass and attname = 'nickname'`,
      )
      return rows.length > 0
    },
    close: async () => {
      await deployProcess.close()
      await project.remove()
      await cloudflare.close()
      await database.drop()
    },
  }
}

/** Started by the first order. */
function startDeployProcess(cwd: string) {
  let child: ReturnType<typeof fork> | undefined
  return {
    async deploy(order: Order): Promise<Outcome> {
      child ??= fork(join(import.meta.dirname, 'deploy-process.ts'), {
        cwd,
        execArgv: [],
        env: { ...process.env, NODE_COMPILE_CACHE: compiled },
      })
      const ended = new AbortController()
      const died = once(child, 'exit', { signal: ended.signal }).then(() => {
        throw new Error('The process that deploys has ended.')
      })
      died.catch(() => {})
      child.send(order)
      const [outcome] = await Promise.race([once(child, 'message'), died])
      ended.abort()
      return outcome
    },
    async close(): Promise<void> {
      if (child?.connected) {
        const exited = once(child, 'exit')
        child.disconnect()
        await exited
      }
    },
  }
}

/** The real one, with the database of this machine. */
async function ownToml(databaseUrl: string): Promise<string> {
  const toml = await readFile('wrangler.toml', 'utf8')
  return toml.replace(
    'ep-name-123456.eu-central-1.aws.neon.tech:5432',
    `${directHost(new URL(databaseUrl).hostname)}:${new URL(databaseUrl).port}`,
  )
}

async function addMigration(folder: string, sql: string): Promise<void> {
  const file = join(folder, 'meta/_journal.json')
  const journal = JSON.parse(await readFile(file, 'utf8'))
  journal.entries = journal.entries.filter(({ tag }: { tag: string }) => tag !== newTag)
  const idx = journal.entries.length
  journal.entries.push({ idx, version: '7', when: newWhen, tag: newTag, breakpoints: true })
  await writeFile(join(folder, `${newTag}.sql`), sql)
  await writeFile(file, JSON.stringify(journal))
}

/** The bundle as it would be with one more migration: all that of one reaches it is its time. */
async function bundleThatNeeds(bundle: string): Promise<string> {
  const { entries } = JSON.parse(await readFile('drizzle/meta/_journal.json', 'utf8'))
  const code = await readFile(bundle, 'utf8')
  const changed = code.replace(String(entries.at(-1).when), String(newWhen))
  if (changed === code) {
    throw new TypeError('The bundle does not hold the time of its newest migration.')
  }
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'))
  await writeFile(join(folder, 'worker.js'), changed)
  return join(folder, 'worker.js')
}

export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('deployer', { scope: 'file' }, async ({}, { onCleanup }) => {
    const deployer = await startDeployer()
    onCleanup(() => deployer.close())
    return deployer
  })
