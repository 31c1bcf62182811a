import { readFile } from 'node:fs/promises'
import { runChild } from '../command/child.ts'
import { CommandError, exitCodes } from '../command/command.ts'
import { directUrl } from '../command/settings.ts'
import { isKey, keyPrefix } from '../keys/key.ts'
import { refusePooled } from '../postgres/connection.ts'
import { type Cloudflare, createCloudflare, type Deployment } from './cloudflare.ts'
import { directHostOf, type Environment, readEnvironments } from './environments.ts'
import { logIn } from './login.ts'
import type { DeployOptions } from './options.ts'
import {
  faultsOfAll,
  faultsOfOpenDoors,
  faultsOfSome,
  readSecretsFile,
  type Secrets,
} from './secrets-file.ts'
import { isAnswered, isRefused } from './smoke.ts'
import { createWrangler, type Wrangler } from './wrangler.ts'

/** What this checkout and its environment say. */
type Preparation = Environment & {
  url: string
  databaseHost: string
  ownerUrl: string
  /** The commit that is deployed. */
  commit: string
  key: string
  /** Of the file that goes up with the version. */
  secrets: Secrets
}

/** Everything that a deploy works with. */
export type Ground = Preparation & { accountId: string; cloudflare: Cloudflare; wrangler: Wrangler }

/**
 * Checks, without any request, that nothing is missing here that would stop a deploy half-way. Throws
 * CommandError with all faults at once.
 */
export async function inspect(options: DeployOptions): Promise<Preparation> {
  const faults: string[] = []
  const note = async <T>(look: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await look()
    } catch (error) {
      faults.push(error instanceof Error ? error.message : String(error))
      return undefined
    }
  }

  const environment = findEnvironment(options)
  faults.push(...faultsOfFile(environment, options), ...faultsOfOpenDoors(environment.vars))
  await note(requireInstalled)
  const commit = await note(readCommit)
  const key = await note(readKey)
  const ownerUrl = await note(() => readOwnerUrl(environment))
  const file = options.secretsFile
  const secrets = file === undefined ? {} : await note(() => readSecretsFile(file))

  const { url = '', databaseHost = '' } = environment
  if (commit === undefined || key === undefined || ownerUrl === undefined || !secrets) {
    throw refusal(faults)
  }
  if (faults.length > 0) {
    throw refusal(faults)
  }
  return {
    ...environment,
    ...{ url: options.url ?? url, databaseHost, commit, key, ownerUrl, secrets },
  }
}

/** Adds the account of Cloudflare's. Throws CommandError. */
export async function enterAccount(preparation: Preparation, stop: AbortSignal): Promise<Ground> {
  const { environment, name, secrets } = preparation
  const account = await logIn(preparation.accountId, stop)
  return {
    ...preparation,
    accountId: account.id,
    cloudflare: createCloudflare(account, name, stop),
    wrangler: createWrangler(environment, account.id, stop, Object.keys(secrets)),
  }
}

/**
 * Gives the deployments, newest first; none before the first. Checks, without changing anything, that the
 * Worker is ready for another. Throws CommandError with all faults at once.
 */
export async function inspectWorker(ground: Ground): Promise<readonly Deployment[]> {
  const { cloudflare, secrets, url, name } = ground
  const deployments = await cloudflare.deployments()
  const isFirst = deployments.length === 0
  const stored = isFirst && Object.keys(secrets).length > 0 ? [] : await cloudflare.secretNames()
  const faults = faultsOfSecrets(secrets, stored, ground)
  if (isFirst && (await isAnswered(url))) {
    faults.push(
      `Somebody answers at ${url}, and this account of Cloudflare's has no Worker ${name}: is it the ` +
        'right account? If another service answers there, take it away first.',
    )
  }
  if (!isFirst && !('API_KEYS' in secrets) && (await isRefused(ground))) {
    faults.push(
      `The service at ${url} does not take EDGE_USERS_KEY for reading: it has expired, was taken ` +
        'back, or lacks the scope users:read.',
    )
  }
  if (faults.length > 0) {
    throw refusal([...new Set(faults)])
  }
  return deployments
}

const refusal = (faults: readonly string[]) =>
  new CommandError(
    `Nothing was changed, for this is not ready:\n${faults.map((each) => `  ${each}`).join('\n')}`,
    exitCodes.configuration,
  )

function findEnvironment({ environment }: DeployOptions): Environment {
  const all = readEnvironments()
  const found = all.find((each) => each.environment === environment)
  if (!found) {
    throw refusal([
      `wrangler.toml has no [env.${environment}]. It has ${all.map((each) => each.environment).join(' and ')}.`,
    ])
  }
  for (const other of all.filter((each) => each !== found)) {
    for (const [what, one] of [
      ['name', 'Worker'],
      ['databaseHost', 'database'],
      ['url', 'address'],
    ] as const) {
      if (found[what] !== undefined && found[what] === other[what]) {
        throw refusal([
          `${environment} and ${other.environment} have one ${one} in wrangler.toml, ${found[what]}: ` +
            'a deploy to one would change the other.',
        ])
      }
    }
  }
  return found
}

/** Finds what is still missing in a fresh clone. */
function faultsOfFile({ environment, url, databaseHost }: Environment, options: DeployOptions) {
  const where = `of [env.${environment}] in wrangler.toml`
  return [
    ...(databaseHost === undefined ||
    databaseHost.includes('ep-name-') ||
    databaseHost.includes('ep-other-')
      ? [`Write the host of your database into the placement ${where}.`]
      : []),
    ...(options.url === undefined && (url === undefined || /\bexample\.com$/.test(url))
      ? [`Write your domain into the routes ${where}.`]
      : []),
  ]
}

/** Another wrangler or none: after a pull without `npm ci`, or outside of npm. */
async function requireInstalled(): Promise<void> {
  const wanted = JSON.parse(await readFile('package.json', 'utf8')).devDependencies.wrangler
  const text = await readFile('node_modules/wrangler/package.json', 'utf8').catch(() => '{}')
  const { version } = JSON.parse(text)
  if (version !== wanted) {
    throw new TypeError(
      `wrangler ${wanted} is not installed, but ${version ?? 'none'}: run \`npm ci\`.`,
    )
  }
}

async function readCommit(): Promise<string> {
  const git = async (...args: readonly string[]) => (await runChild('git', args)).stdout.trim()
  const commit = await git('rev-parse', 'HEAD').catch(() => {
    throw new TypeError('This is no git checkout with a commit, so nobody could tell what runs.')
  })
  if ((await git('status', '--porcelain')) !== '') {
    throw new TypeError(
      'The checkout has changes that are in no commit (`git status`): commit them, or put them away.',
    )
  }
  return commit
}

function readKey(): string {
  const { EDGE_USERS_KEY: key = '' } = process.env
  if (key === '') {
    throw new TypeError(
      'EDGE_USERS_KEY is not set: the smoke test reads with it. It needs the scope users:read; ' +
        '`npm run keys:new` makes one.',
    )
  }
  if (!/^[\x21-\x7e]+$/.test(key) || (key.startsWith(keyPrefix) && !isKey(key))) {
    throw new TypeError('EDGE_USERS_KEY is no whole key: it was cut off or mistyped.')
  }
  return key
}

/** Migrating the database of another environment is the one mistake that cannot be undone. */
function readOwnerUrl({ environment, databaseHost }: Environment): string {
  const url = directUrl()
  refusePooled(url)
  const host = directHostOf(url)
  if (databaseHost !== undefined && host !== databaseHost) {
    throw new TypeError(
      `DATABASE_URL_DIRECT leads to ${host}, and the placement of ${environment} in wrangler.toml ` +
        `names ${databaseHost}. Nothing is migrated but the database beside the Worker.`,
    )
  }
  return url
}

function faultsOfSecrets(
  secrets: Secrets,
  stored: readonly string[],
  ground: Parameters<typeof faultsOfAll>[1],
): string[] {
  const { vars, environment } = ground
  const names = new Set([...stored, ...Object.keys(secrets), ...Object.keys(vars)])
  if (stored.length === 0) {
    return Object.keys(secrets).length > 0
      ? faultsOfAll(secrets, ground)
      : [
          'The Worker has no secrets yet: put DATABASE_URL and API_KEYS into a file outside of this ' +
            'folder, and add --secrets-file FILE.',
        ]
  }
  return [
    ...(stored.includes('NEON_ENDPOINT')
      ? [
          `The Worker has a secret NEON_ENDPOINT, which is for your own machine alone: \`npx wrangler secret delete NEON_ENDPOINT --env ${environment}\`.`,
        ]
      : []),
    ...(names.has('DATABASE_URL')
      ? []
      : ['The Worker has no secret DATABASE_URL: add it with --secrets-file FILE.']),
    ...(names.has('API_KEYS') || names.has('OIDC_ISSUER')
      ? []
      : ['Nobody could get in: add the secret API_KEYS with --secrets-file FILE.']),
    ...faultsOfSome(secrets, ground),
  ]
}
