import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { CommandError } from '../command/command.ts'
import { withStrictTls } from '../postgres/connection.ts'
import { explainConnectionError } from '../postgres/connection-error.ts'
import { type Finding, fault, isWhole, ok } from './finding.ts'
import { checkMigrations } from './migrations.ts'
import { checkRole } from './role.ts'

/** Long enough for a database that sleeps, and for one that is far. */
const limitsMs = { connection: 8_000, query: 3_000 }

const oldestMajor = 15

type Session = { url: string; client: pg.Client; version: string; ms: number }

export type DatabaseUrls = {
  /** The Worker's. */
  url?: string | undefined
  /** The owner's, when it is another. */
  directUrl?: string | undefined
}

/** Asks the Worker's connection and the owner's. Changes nothing. */
export async function checkDatabase({ url, directUrl }: DatabaseUrls): Promise<Finding[]> {
  await using stack = new AsyncDisposableStack()
  const [worker, owner = worker] = await Promise.all(
    [...new Set([url ?? directUrl, directUrl ?? url])].flatMap((each) =>
      each === undefined ? [] : [openSession(stack, each)],
    ),
  )
  const reached = [worker, owner]
    .flatMap((each) => (each ? [isOpen(each) ? describe(each) : each] : []))
    // One line of a server that answers to both.
    .filter(({ level }, index) => index === 0 || (level !== 'ok' && owner !== worker))

  if (!isWhole(reached) || !isOpen(owner) || !isOpen(worker)) {
    return reached
  }
  const { findings, isUpToDate } = await answered(owner, () => checkMigrations(owner.client))
  if (!isUpToDate || url === undefined) {
    return [...reached, ...findings]
  }
  const role = await answered(worker, async () => ({ findings: await checkRole(worker.client) }))
  return [...reached, ...findings, ...role.findings]
}

const isOpen = (session: Session | Finding | undefined): session is Session =>
  session !== undefined && 'client' in session

async function openSession(stack: AsyncDisposableStack, url: string): Promise<Session | Finding> {
  const startedAt = performance.now()
  try {
    const client = new pg.Client({
      connectionString: withStrictTls(url),
      connectionTimeoutMillis: limitsMs.connection,
      query_timeout: limitsMs.query,
    })
    client.on('error', () => {})
    // A server that hangs would not let it end.
    stack.defer(() => Promise.race([client.end().catch(() => {}), sleep(200)]))
    await client.connect()
    const { rows } = await client.query<{ server_version: string }>('show server_version')
    const version = rows[0]?.server_version ?? ''
    return { url, client, version, ms: performance.now() - startedAt }
  } catch (error) {
    return fault('database', explainConnectionError(error, url).message)
  }
}

/** `version` is PostgreSQL's own word, such as `18.4` or `16.2 (Debian 16.2-1)`. */
export function describe({ url, version, ms }: Pick<Session, 'url' | 'version' | 'ms'>): Finding {
  const { hostname } = new URL(url)
  const name = `PostgreSQL ${version.split(' ', 1)}`

  if (Number.parseInt(version, 10) < oldestMajor) {
    return fault(
      'database',
      `${name} at ${hostname} is too old. Use ${oldestMajor} or later, best the 18 that is tested.`,
    )
  }
  return ms > 1_000 && hostname.endsWith('.neon.tech')
    ? ok('database', `${name} at ${hostname} was asleep, and woke in ${(ms / 1_000).toFixed(1)} s.`)
    : ok('database', `${name} at ${hostname} answers in ${Math.round(ms)} ms.`)
}

type Outcome = { findings: Finding[]; isUpToDate?: boolean }

/** What a database says that stops answering between two statements. */
async function answered(session: Session, ask: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await ask()
  } catch (error) {
    const { message } =
      error instanceof CommandError ? error : explainConnectionError(error, session.url)
    return { findings: [fault('database', message)] }
  }
}
