import * as z from 'zod'

const loopbackHosts = ['localhost', '127.0.0.1', '[::1]']

/** The rules of the driver, which checks at the first query only, and then quotes the password. */
export function isPostgresUrl(value: string): boolean {
  const url = /^postgres(ql)?:/.test(value) ? URL.parse(value.replace(/^\w+:/, 'http:')) : null
  return url !== null && url.username !== '' && url.hostname !== '-' && url.pathname.length > 1
}

function isLoopbackUrl(value: string): boolean {
  const url = URL.parse(value)
  return url !== null && url.protocol === 'http:' && loopbackHosts.includes(url.hostname)
}

export const Config = z.object({
  DATABASE_URL: z
    .string({
      error:
        'DATABASE_URL is not set. `npm run dev` sets it to a database of its own; for another ' +
        'database put it into .dev.vars (see .dev.vars.example), and in production run ' +
        '`wrangler secret put DATABASE_URL`.',
    })
    .refine(isPostgresUrl, {
      error:
        'DATABASE_URL is not a PostgreSQL connection string. It must read ' +
        'postgresql://USER:PASSWORD@HOST/DATABASE, with special characters percent-encoded.',
    }),
  NEON_ENDPOINT: z
    .string()
    .refine(isLoopbackUrl, {
      error:
        'NEON_ENDPOINT must be an http address of this machine, such as ' +
        'http://localhost:4444/sql. It is for local use: production does not set it.',
    })
    .optional(),
})

export type Config = z.infer<typeof Config>

/** Says, for each fault of the configuration, what to do. It never holds a value. */
export class ConfigError extends Error {
  override name = 'ConfigError' as const
}

/** Reads every variable of the Worker. Throws ConfigError. */
export function readConfig(env: unknown): Config {
  const result = Config.safeParse(env)

  if (!result.success) {
    throw new ConfigError(result.error.issues.map(({ message }) => message).join('\n'))
  }
  return result.data
}
