import * as z from 'zod/mini'
import { scopes } from './resources.ts'

const loopbackHosts = ['localhost', '127.0.0.1', '[::1]']

/** Whether a URL leads to this machine. */
export const isLoopback = ({ hostname }: URL): boolean => loopbackHosts.includes(hostname)

/**
 * The driver's own rules. It applies them only at the first query, and its error quotes the
 * password.
 */
export function isPostgresUrl(value: string): boolean {
  const url = /^postgres(ql)?:/.test(value) ? URL.parse(value.replace(/^\w+:/, 'http:')) : null
  return url !== null && url.username !== '' && url.hostname !== '-' && url.pathname.length > 1
}

function isLoopbackUrl(value: string): boolean {
  const url = URL.parse(value)
  return url !== null && url.protocol === 'http:' && isLoopback(url)
}

/** Nobody on the way can read or change what this URL answers. */
export function isSecureUrl(value: string): boolean {
  const url = URL.parse(value)
  return url !== null && (url.protocol === 'https:' || isLoopbackUrl(value))
}

/** OpenID Connect Discovery 1.0 section 3. Clients append paths to it, so it has no query. */
const isIssuer = (value: string) =>
  isSecureUrl(value) && /^\w+:\/\/[^/?#@]+(\/[^?#]*)?$/.test(value)

const isOrigin = (value: string) => URL.parse(value)?.origin === value && isSecureUrl(value)

/** As `2027-06-30`. (`z.iso.date()` brings a KiB of other formats into the Worker.) */
const isDay = (text: string) => new Date(text).toJSON()?.slice(0, 10) === text

export const ApiKey = z.strictObject({
  /** For the log. */
  name: z.string().check(z.regex(/^[\w.-]{1,64}$/)),
  /** SHA-256 of the key, in hex. */
  digest: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  scopes: z.array(z.enum(scopes)).check(z.minLength(1)),
  /** The key is refused from this day on, in UTC. */
  expires: z.optional(z.string().check(z.refine(isDay))),
})
export type ApiKey = z.infer<typeof ApiKey>

const apiKeysError =
  'API_KEYS is not a list of keys. It must be a JSON array of entries as `npm run keys:new` ' +
  'prints them, each with a name and a digest of its own.'

const ApiKeys = z.pipe(
  z.pipe(z.string(), z.transform(parseJson)),
  z.array(ApiKey, { error: apiKeysError }).check(
    // Otherwise removing one entry would leave its key valid through another.
    z.refine((keys) => isEachOnce(keys.map(({ name }) => name)), { error: apiKeysError }),
    z.refine((keys) => isEachOnce(keys.map(({ digest }) => digest)), { error: apiKeysError }),
  ),
)

const isEachOnce = (values: readonly string[]) => new Set(values).size === values.length

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What the scripts share with the Worker. */
export const DatabaseConfig = z.object({
  DATABASE_URL: z
    .string({
      error:
        'DATABASE_URL is not set. `npm run dev` sets it to a database of its own; for another ' +
        'database put it into .dev.vars (see .dev.vars.example), and in production run ' +
        '`wrangler secret put DATABASE_URL`.',
    })
    .check(
      z.refine(isPostgresUrl, {
        error:
          'DATABASE_URL is not a PostgreSQL connection string. It must read ' +
          'postgresql://USER:PASSWORD@HOST/DATABASE, with special characters percent-encoded.',
      }),
    ),
  NEON_ENDPOINT: z.optional(
    z.string().check(
      z.refine(isLoopbackUrl, {
        error:
          'NEON_ENDPOINT must be an http address of this machine, such as ' +
          'http://localhost:4444/sql. It is for local use: production does not set it.',
      }),
    ),
  ),
})
export type DatabaseConfig = z.infer<typeof DatabaseConfig>

/** A number of days, of few digits: it becomes a part of a statement. */
const days = (name: string, least: 0 | 1, standard: number) =>
  z._default(
    z.pipe(
      z.string().check(
        z.regex(least === 0 ? /^(?:0|[1-9]\d{0,3})$/ : /^[1-9]\d{0,3}$/, {
          error: `${name} must be a number of days from ${least} to 9999.`,
        }),
      ),
      z.transform(Number),
    ),
    standard,
  )

/** Every variable of the Worker. */
export const Config = z.object({
  ...DatabaseConfig.shape,
  AUTH: z._default(
    z.enum(['keys', 'open'], { error: 'AUTH must be keys, or open on your own machine.' }),
    'keys',
  ),
  /** What the listener of `npm run dev` sends with each request. Empty: there is no listener. */
  DEV_SECRET: z.optional(z.string()),
  API_KEYS: z.optional(ApiKeys),
  /** Exactly as the issuer writes it, with or without a slash at its end. */
  OIDC_ISSUER: z.optional(
    z.string().check(
      z.refine(isIssuer, {
        error: 'OIDC_ISSUER must be an https address, without user, query and fragment.',
      }),
    ),
  ),
  OIDC_AUDIENCE: z.optional(
    z.string().check(z.regex(/\S/, { error: 'OIDC_AUDIENCE must not be blank.' })),
  ),
  /** What may stand before each scope in a token. Without it, the audience may. */
  OIDC_SCOPE_PREFIX: z.optional(
    z.string().check(
      z.regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, {
        error:
          'OIDC_SCOPE_PREFIX must be what stands before users:read in a token, such as users-api, ' +
          'with no space and no quote. Leave it out where that is OIDC_AUDIENCE.',
      }),
    ),
  ),
  OIDC_PROVIDER: z.optional(
    z.enum(['cognito'], {
      error: 'OIDC_PROVIDER must be cognito, or left out for all other providers.',
    }),
  ),
  /** How long who was deleted can be taken back; 0 for not at all. */
  DELETED_USERS_KEPT_DAYS: days('DELETED_USERS_KEPT_DAYS', 0, 30),
  /** How long events are kept. */
  EVENTS_KEPT_DAYS: days('EVENTS_KEPT_DAYS', 1, 365),
  CORS_ORIGINS: z.optional(
    z.pipe(
      z.pipe(
        z.string(),
        z.transform((text) => text.split(/[\s,]+/).filter((each) => each !== '')),
      ),
      z.array(
        z.string().check(
          z.refine(isOrigin, {
            error:
              'CORS_ORIGINS must be https origins such as https://app.example.com, with spaces between.',
          }),
        ),
      ),
    ),
  ),
})
export type Config = z.infer<typeof Config>

/** Says what to do about each wrong variable. It never holds a value. */
export class ConfigError extends Error {
  override name = 'ConfigError' as const
}

/** Reads every variable of the Worker. Throws ConfigError. */
export function readConfig(env: unknown): Config {
  const config = read(Config, env)
  const { AUTH, DEV_SECRET, API_KEYS, OIDC_ISSUER, OIDC_AUDIENCE } = config
  const { OIDC_SCOPE_PREFIX, OIDC_PROVIDER } = config

  if ((OIDC_ISSUER === undefined) !== (OIDC_AUDIENCE === undefined)) {
    throw new ConfigError('OIDC_ISSUER and OIDC_AUDIENCE go together: set both, or none.')
  }
  if ((OIDC_SCOPE_PREFIX ?? OIDC_PROVIDER) !== undefined && OIDC_ISSUER === undefined) {
    throw new ConfigError(
      'OIDC_SCOPE_PREFIX and OIDC_PROVIDER say how to read the tokens of OIDC_ISSUER: set that too.',
    )
  }
  if (AUTH === 'keys' && !API_KEYS?.length && OIDC_ISSUER === undefined) {
    throw new ConfigError(
      'Nobody could get in: API_KEYS holds no key, and OIDC_ISSUER is not set. Run `npm run keys:new`, and ' +
        'put its entry into the secret API_KEYS; on your own machine `npm run dev` serves without keys.',
    )
  }
  if (AUTH === 'open' && DEV_SECRET === undefined) {
    throw new ConfigError(
      'AUTH=open is for `npm run dev`, which sets it: behind `wrangler dev` alone any web page could ' +
        'pass for this machine. Take it out, and make a key with `npm run keys:new`.',
    )
  }
  return config
}

/** Reads the variables of the database alone. Throws ConfigError. */
export const readDatabaseConfig = (env: unknown): DatabaseConfig => read(DatabaseConfig, env)

function read<Value>(schema: z.ZodMiniType<Value>, env: unknown): Value {
  const result = schema.safeParse(env)

  if (!result.success) {
    const messages = new Set(
      result.error.issues.map(({ message, path }) =>
        path[0] === 'API_KEYS' ? apiKeysError : message,
      ),
    )
    throw new ConfigError([...messages].join('\n'))
  }
  return result.data
}
