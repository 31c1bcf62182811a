import { unstable_readConfig as readConfig } from 'wrangler'
import * as z from 'zod'
import { CommandError, exitCodes } from '../command/command.ts'
import { previewEnvironment } from '../preview/environment.ts'

/** One environment of wrangler.toml to which `npm run deploy` deploys. */
export type Environment = {
  /** The Worker's. */
  name: string
  /** What `--env` calls it. */
  environment: string
  /** Of the database beside which the Worker runs, as `directHost` writes it. */
  databaseHost?: string
  /** Where it answers; undefined without a route. */
  url?: string
  vars: Record<string, unknown>
  accountId?: string
  /** What belongs to the Worker and to no version of it. */
  settings: Record<string, unknown>
}

const Route = z.union([z.string(), z.object({ pattern: z.string() })])

const Config = z.object({
  name: z.string(),
  routes: z.array(Route).default([]),
  vars: z.record(z.string(), z.unknown()).default({}),
  definedEnvironments: z.array(z.string()).default([]),
  placement: z.object({ host: z.string().optional() }).optional(),
  account_id: z.string().optional(),
})

/** As `wrangler versions deploy` sends them. */
const Settings = z.object({
  logpush: z.unknown().optional(),
  observability: z.unknown().optional(),
  streaming_tail_consumers: z.unknown().optional(),
  tail_consumers: z.unknown().optional(),
})

/** Every environment but that of the Previews, in the order of the file. Throws CommandError. */
export function readEnvironments(file = 'wrangler.toml'): Environment[] {
  return readEnvironment(file)
    .definedEnvironments.filter((environment) => environment !== previewEnvironment)
    .map((environment) => {
      const { name, vars, routes, placement, account_id, settings } = readEnvironment(
        file,
        environment,
      )
      const host = placement?.host
      const [route] = routes
      return {
        name,
        environment,
        vars,
        settings,
        ...(account_id !== undefined && { accountId: account_id }),
        ...(host !== undefined && { databaseHost: directHost(host) }),
        ...(route !== undefined && { url: addressOf(route) }),
      }
    })
}

const addressOf = (route: z.infer<typeof Route>): string =>
  `https://${(typeof route === 'string' ? route : route.pattern).replace(/\/?\*?$/, '')}`

/** As wrangler itself reads it. An empty name is the top level, whatever CLOUDFLARE_ENV says. */
function readEnvironment(file: string, env = '') {
  try {
    const read = readConfig({ config: file, env }, { hideWarnings: true })
    return { ...Config.parse(read), settings: definedOf(Settings.parse(read)) }
  } catch (error) {
    throw new CommandError(
      `${file} cannot be read: ${error instanceof Error ? error.message : error}`,
      exitCodes.configuration,
    )
  }
}

const definedOf = (settings: z.infer<typeof Settings>) =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))

/** The host of a database without port, whichever of Neon's two names for it is given. */
export const directHost = (host: string): string =>
  host
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/\.$/, '')
    .replace(/^([^.]+)-pooler\./, '$1.')

/** The host of a connection string, for comparing. */
export const directHostOf = (connectionString: string): string =>
  directHost(new URL(connectionString).hostname)
