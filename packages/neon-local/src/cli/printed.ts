import type { Serving } from './serve.ts'

/** For a file `.env`, or the environment of a program. */
export const variablesOf = ({ url, endpointUrl, superuserUrl }: Serving) => ({
  DATABASE_URL: url,
  NEON_ENDPOINT: endpointUrl,
  ...(superuserUrl !== undefined && { SUPERUSER_URL: superuserUrl }),
})

/** What to do with them, for a person at the terminal. */
export const hint = ({ url, endpointUrl }: Serving): string[] => [
  '',
  'With `neon` and `neonConfig` of @neondatabase/serverless:',
  '',
  `  neonConfig.fetchEndpoint = '${endpointUrl}'`,
  `  const sql = neon('${url}')`,
  '',
  'Ctrl-C ends it.',
]
