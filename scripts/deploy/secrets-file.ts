import { ConfigError, isPostgresUrl, readConfig } from '../../src/config.ts'
import { parseVariables, textOf } from '../command/variables-file.ts'
import { digestOf } from '../keys/key.ts'
import { faultOfUrl } from '../postgres/connection-string.ts'
import { directHost, type Environment } from './environments.ts'

export type Secrets = Record<string, string>

/** As wrangler reads it: a JSON object, or lines of NAME="value". Throws CommandError or TypeError. */
export function readSecretsFile(file: string): Secrets {
  const text = textOf(file)
  const secrets: unknown = text.trimStart().startsWith('{')
    ? parseJson(text, file)
    : parseVariables(file, text)
  if (!isStrings(secrets)) {
    throw new TypeError(`The secrets file ${file} must hold names and texts, and nothing deeper.`)
  }
  return secrets
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new TypeError(`The secrets file ${file} begins like JSON, and is none.`)
  }
}

const isStrings = (value: unknown): value is Secrets =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every((each) => typeof each === 'string')

export type SecretsGround = Pick<Environment, 'vars' | 'databaseHost' | 'environment'> & {
  /** The owner's connection. */
  ownerUrl: string
  /** The key with which the deploy reads users. */
  key: string
}

/** What is wrong with the secrets of a Worker that has no others, in sentences without a value. */
export const faultsOfAll = (secrets: Secrets, ground: SecretsGround): string[] => [
  ...faultsOfConfig({ ...ground.vars, ...secrets }),
  ...faultsOfSome(secrets, ground),
]

function faultsOfConfig(variables: Record<string, unknown>): string[] {
  try {
    readConfig(variables)
    return []
  } catch (error) {
    return error instanceof ConfigError ? [error.message] : [String(error)]
  }
}

/** What is wrong with secrets that are added to those of the Worker. */
export function faultsOfSome(secrets: Secrets, ground: SecretsGround): string[] {
  return [
    ...faultsOfSize(secrets),
    // The Worker may have other ways in, but it must be able to read this variable.
    ...faultsOfConfig({ DATABASE_URL: ground.ownerUrl, ...secrets, AUTH: 'open', DEV_SECRET: '' }),
    ...faultsOfOpenDoors(secrets),
    ...faultsOfDatabase(secrets['DATABASE_URL'], ground),
    ...faultsOfKeys(secrets['API_KEYS'], ground.key),
  ]
}

/** Of one secret at Cloudflare. */
const maxSecretBytes = 5 * 1_024

const faultsOfSize = (secrets: Secrets): string[] =>
  Object.entries(secrets)
    .filter(([, value]) => Buffer.byteLength(value) > maxSecretBytes)
    .map(
      ([name]) =>
        `The secret ${name} is longer than the 5 KiB that Cloudflare takes. Of API_KEYS that is ` +
        'some thirty keys: take old ones out, or use tokens of an identity provider.',
    )

/** Of variables, wherever they stand. */
export const faultsOfOpenDoors = (variables: Record<string, unknown>): string[] => [
  ...(variables['AUTH'] === 'open'
    ? ['AUTH=open lets everybody in: it is for your own machine alone. Take it out.']
    : []),
  ...('NEON_ENDPOINT' in variables
    ? ['NEON_ENDPOINT is for your own machine alone: in production Neon answers. Take it out.']
    : []),
  ...('DATABASE_URL_DIRECT' in variables
    ? ["DATABASE_URL_DIRECT is the owner's: the Worker must not have it. Take it out."]
    : []),
]

function faultsOfDatabase(url: string | undefined, ground: SecretsGround): string[] {
  if (url === undefined || !isPostgresUrl(url)) {
    return []
  }
  const problem = faultOfUrl('The secret DATABASE_URL', url)
  if (problem !== undefined) {
    return [problem]
  }
  const { hostname, username, pathname } = new URL(url)
  const faults: string[] = []
  if (directHost(hostname) !== ground.databaseHost) {
    faults.push(
      `The secret DATABASE_URL leads to ${directHost(hostname)}, and the placement of ` +
        `${ground.environment} in wrangler.toml names ${ground.databaseHost}. They must be one.`,
    )
  }
  if (pathname !== new URL(ground.ownerUrl).pathname) {
    faults.push('The secret DATABASE_URL and DATABASE_URL_DIRECT name different databases.')
  }
  if (username === new URL(ground.ownerUrl).username) {
    faults.push(
      "The secret DATABASE_URL is the owner's connection, who may do everything: make a role for " +
        'the Worker with `npm run db:role -- --name users_worker`.',
    )
  }
  return faults
}

function faultsOfKeys(text: string | undefined, key: string): string[] {
  const isListed = text === undefined || text.includes(digestOf(key)) || key.includes('.')
  return isListed
    ? []
    : ['EDGE_USERS_KEY is none of the keys in the secret API_KEYS: the smoke test could not read.']
}
