import * as z from 'zod'
import { readChildJson } from '../command/child-json.ts'
import { CommandError } from '../command/command.ts'
import { type Account, ask } from './cloudflare.ts'
import { runWrangler } from './wrangler.ts'

/** As `wrangler auth token --json` prints it. */
const Credential = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['oauth', 'api_token']), token: z.string() }),
  z.object({ type: z.literal('api_key'), key: z.string(), email: z.string() }),
])
type Credential = z.infer<typeof Credential>

const Accounts = z.array(z.object({ id: z.string(), name: z.string() }))

const publicApi = 'https://api.cloudflare.com/client/v4'

/** wrangler takes both names, and this one first. */
const variable = (name: string) =>
  process.env[`CLOUDFLARE_${name}`] || process.env[`CF_${name}`] || undefined

/**
 * Finds the account as wrangler would: from the environment, or else from its login.
 * `configured` is the `account_id` of wrangler.toml. Throws CommandError.
 */
export async function logIn(configured: string | undefined, stop: AbortSignal): Promise<Account> {
  const apiUrl = (variable('API_BASE_URL') ?? publicApi).replace(/\/+$/, '')
  const headers = headersOf(credentialOfEnvironment() ?? (await credentialOfLogin(stop)))
  const id = configured ?? variable('ACCOUNT_ID') ?? (await onlyAccount({ apiUrl, headers }, stop))
  return { apiUrl, headers, id }
}

function credentialOfEnvironment(): Credential | undefined {
  const [key, email, token] = [variable('API_KEY'), variable('EMAIL'), variable('API_TOKEN')]
  if (key !== undefined && email !== undefined) {
    return { type: 'api_key', key, email }
  }
  return token === undefined ? undefined : { type: 'api_token', token }
}

async function credentialOfLogin(stop: AbortSignal): Promise<Credential> {
  const { stdout } = await runWrangler(['auth', 'token', '--json'], { signal: stop }).catch(
    (error: unknown) => {
      stop.throwIfAborted()
      throw new CommandError(
        'Nobody is logged in to Cloudflare: set CLOUDFLARE_API_TOKEN, or run `npx wrangler login`. ' +
          (error instanceof Error ? error.message : ''),
      )
    },
  )
  return readChildJson('`wrangler auth token --json`', Credential, stdout)
}

const headersOf = (credential: Credential): Account['headers'] =>
  credential.type === 'api_key'
    ? { 'X-Auth-Key': credential.key, 'X-Auth-Email': credential.email }
    : { Authorization: `Bearer ${credential.token}` }

const pageSize = 50

async function onlyAccount(
  api: Pick<Account, 'apiUrl' | 'headers'>,
  stop: AbortSignal,
): Promise<string> {
  const found = new Map<string, string>()
  for (let page = 1; ; page += 1) {
    const path = `/accounts?per_page=${pageSize}&page=${page}`
    const accounts = Accounts.safeParse(await ask(api, `GET ${path}`, { stop })).data ?? []
    const before = found.size
    for (const { id, name } of accounts) {
      found.set(id, name)
    }
    // A server without paging gives the same page for ever.
    if (accounts.length < pageSize || found.size === before) {
      break
    }
  }
  const [id, ...others] = found.keys()
  if (id === undefined || others.length > 0) {
    throw new CommandError(
      id === undefined
        ? 'This credential of Cloudflare may see no account: set CLOUDFLARE_ACCOUNT_ID.'
        : 'This credential of Cloudflare is good for several accounts. Set CLOUDFLARE_ACCOUNT_ID to one:\n' +
            [...found].map(([each, name]) => `  ${each}  ${name}`).join('\n'),
    )
  }
  return id
}
