import { createClient, ProblemError } from '../../src/client.ts'

export type Client = ReturnType<typeof createClient>

/** Who works with the console, and with what. Kept in the memory of the tab alone. */
export type Session = {
  /** Gives up soon: somebody waits. */
  client: Client
  /** For whole files: waits for its turn, and may take long. */
  bulk: Client
  /** As the log of the service says it. */
  caller: string
  scopes: readonly string[]
  may(scope: string): boolean
}

const patience = { timeoutMs: 15_000, retries: 1 }
const bulkPatience = { timeoutMs: 30 * 60_000 }

/** A key as people paste it: with blanks, or as the whole header. */
export const readKey = (text: string): string =>
  text.trim().replace(/^(?:authorization:\s*)?bearer\s+/i, '')

/** Rejects as the client does: with `unauthenticated` where a key is needed. */
export async function openSession(baseUrl: string, key?: string): Promise<Session> {
  const headers = key ? { Authorization: `Bearer ${key}` } : {}
  const client = createClient(baseUrl, { headers, ...patience })
  const { caller, scopes } = await client.whoami()

  return {
    client,
    bulk: createClient(baseUrl, { headers, ...bulkPatience }),
    caller,
    scopes,
    may: (scope) => scopes.some((each) => each === scope),
  }
}

export const isUnauthenticated = (error: unknown): boolean =>
  error instanceof ProblemError && error.problem.code === 'unauthenticated'
