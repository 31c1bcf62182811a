import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { CommandError, exitCodes, stopped } from '../command/command.ts'
import { connect, inSession } from '../postgres/connection.ts'
import { applyAll, defaultTimeouts } from './apply.ts'
import type { Migration } from './files.ts'
import { readFingerprint } from './fingerprint.ts'

/**
 * The structure that these migrations make: `db:migrate`'s runner applies them in a database of their
 * own on the server of `url`, which is dropped however this ends.
 *
 * Throws CommandError, and the reason of `stop` at Ctrl-C.
 */
export const buildFingerprint = (
  url: string,
  migrations: readonly Migration[],
  stop: AbortSignal,
): Promise<string[]> =>
  inScratch(url, stop, async (scratchUrl) => {
    await applyAll(scratchUrl, migrations, () => {}, { timeouts })
    return inSession(scratchUrl, readFingerprint)
  })

/** Works on an empty database on the server of `url`. Throws as buildFingerprint does. */
export async function inScratch<T>(
  url: string,
  stop: AbortSignal,
  work: (scratchUrl: string) => Promise<T>,
): Promise<T> {
  await using stack = new AsyncDisposableStack()
  const scratchUrl = await createScratch(stack, url)
  return await Promise.race([work(scratchUrl), stopped(stop)])
}

/** Nobody waits for a database of our own. */
const timeouts = { ...defaultTimeouts, statementMs: 0 }

async function createScratch(stack: AsyncDisposableStack, url: string): Promise<string> {
  const name = scratchName(url)
  const client = await connect(url)
  stack.defer(() => client.end().catch(() => {}))
  try {
    // Others may be using template1. The locale changes no structure, the encoding may refuse a text.
    await client.query(`create database ${name} template template0 encoding 'UTF8'`)
  } catch (error) {
    throw error instanceof Error && 'code' in error && error.code === '42501'
      ? await mayNotCreate(client)
      : error
  }
  stack.defer(async () => {
    await client.query(`drop database if exists ${name} with (force)`)
  })
  return Object.assign(new URL(url), { pathname: `/${name.replaceAll('"', '')}` }).href
}

/** Says whose it is, should it ever be left behind: only when this process is killed. */
function scratchName(url: string): string {
  const database = decodeURIComponent(new URL(url).pathname).toLowerCase()
  const readable = database.replaceAll(/[^a-z0-9_]/g, '').slice(0, 40)
  return `"${readable}_scratch_${randomBytes(4).toString('hex')}"`
}

async function mayNotCreate(client: pg.Client): Promise<CommandError> {
  const { rows } = await client.query('select quote_ident(current_user) as role')
  const { role } = rows[0]
  return new CommandError(
    `The role ${role} may not create databases, and the migrations must run in one of their own ` +
      `to be compared. Let a superuser run: alter role ${role} createdb.`,
    exitCodes.configuration,
  )
}
