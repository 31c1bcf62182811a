import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { test as base, inject } from 'vitest'
import { startEndpoint } from '../../src/endpoint.ts'

type Reply = { status: number; headers: Headers; body: unknown }

export type Send = (
  body: unknown,
  headers?: Record<string, string>,
  signal?: AbortSignal,
) => Promise<Reply>

/** Posts a body to an endpoint: a string as it is, anything else as JSON. */
export function sender(endpointUrl: string, databaseUrl: string): Send {
  return async (body, headers, signal) => {
    const response = await fetch(endpointUrl, {
      method: 'POST',
      headers: { 'Neon-Connection-String': databaseUrl, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...(signal && { signal }),
    })
    const { status } = response
    return { status, headers: response.headers, body: await response.json() }
  }
}

/** What the driver asks for: each value as PostgreSQL prints it, each row as an array. */
export const raw = { 'Neon-Raw-Text-Output': 'true', 'Neon-Array-Mode': 'true' }

/** The body of an error that is not PostgreSQL's: all 17 keys, most of them null. */
export function problem(message: unknown): Record<string, unknown> {
  const unset = {
    detail: null,
    hint: null,
    position: null,
    internalPosition: null,
    internalQuery: null,
    where: null,
    table: null,
    column: null,
    schema: null,
    dataType: null,
    constraint: null,
    file: null,
    line: null,
    routine: null,
  }
  return { ...unset, message, code: '', severity: '' }
}

/** An `endpoint` and an empty `database`, both the file's own, and `send` from one to the other. */
export const test = base
  .extend('postgresUrl', { scope: 'file' }, () => inject('postgresUrl'))
  .extend('database', { scope: 'file' }, async ({ postgresUrl }, { onCleanup }) => {
    const database = await createDatabase(postgresUrl)
    onCleanup(() => database.drop())
    return database
  })
  .extend('endpoint', { scope: 'file' }, async ({ postgresUrl }, { onCleanup }) => {
    const endpoint = await startEndpoint({ postgresUrl })
    onCleanup(() => endpoint.close())
    return endpoint
  })
  .extend('send', { scope: 'file' }, ({ endpoint, database }) => sender(endpoint.url, database.url))

async function createDatabase(postgresUrl: string) {
  const name = `endpoint_${randomUUID().replaceAll('-', '')}`
  const administrator = new pg.Client({ connectionString: postgresUrl })
  await administrator.connect()
  await administrator.query(`create database ${name}`)
  const url = Object.assign(new URL(postgresUrl), { pathname: `/${name}` }).href
  const pool = new pg.Pool({ connectionString: url })
  // Dropping the database may end a connection that is just closing.
  pool.on('error', () => {})
  return {
    url,
    name,
    /** Past the endpoint, to see what really happened. */
    pool,
    async drop() {
      await pool.end()
      await administrator.query(`drop database ${name} with (force)`)
      await administrator.end()
    },
  }
}
