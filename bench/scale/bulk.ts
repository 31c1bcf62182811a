import { execFile } from 'node:child_process'
import { createReadStream, createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type pg from 'pg'
import type { Workerd } from '../../scripts/build/workerd.ts'
import { CommandError } from '../../scripts/command/command.ts'
import { inSession } from '../../scripts/postgres/connection.ts'
import { cpuTimeOf } from '../cpu.ts'
import { median } from '../statistics.ts'
import { copyIn, copyOut } from './bulk-copy.ts'
import { feedsOf } from './feeds.ts'

type Direction = {
  /** Seconds, the median of the rounds. */
  apiSeconds: number
  copySeconds: number
  /** How fast the API is, where COPY is 1. */
  share: number
  /** Of the workerd process, per thousand users. */
  workerdCpuMs: number | null
}

export type BulkResult = { users: number; rounds: number; import: Direction; export: Direction }

/**
 * What `users:import` and `users:export` take, whole commands as people run them, and what one COPY
 * takes: the same rows, into the same table with the same indexes and checks. In turn. Between them a
 * checkpoint is written, which takes a superuser.
 */
export async function compareBulk(
  superuserUrl: string,
  service: Workerd,
  key: string,
  users: number,
  rounds: number,
  folder: string,
  stop: AbortSignal,
): Promise<BulkResult> {
  const files = {
    ndjson: join(folder, 'people.ndjson'),
    text: join(folder, 'people.txt'),
    exported: join(folder, 'exported.ndjson'),
  }
  const command = async (script: string, file: string) => {
    await promisify(execFile)(
      process.execPath,
      [join('scripts', 'users', script), file, '--url', service.url.href],
      { env: { ...process.env, EDGE_USERS_KEY: key }, signal: stop },
    )
  }
  const taken: Record<'copyIn' | 'apiIn' | 'cpuIn' | 'copyOut' | 'apiOut' | 'cpuOut', number[]> = {
    copyIn: [],
    apiIn: [],
    cpuIn: [],
    copyOut: [],
    apiOut: [],
    cpuOut: [],
  }

  await inSession(superuserUrl, async (client) => {
    const people = `select name, email from sample.people(1, ${users})`
    await copyToFile(client, people, files.text)
    await copyToFile(client, `select row_to_json(people) from (${people}) as people`, files.ndjson)
    for (let round = 0; round < rounds; round += 1) {
      stop.throwIfAborted()
      await empty(client)
      taken.copyIn.push(
        await secondsOf(() =>
          copyIn(client, 'copy users (name, email) from stdin', createReadStream(files.text)),
        ),
      )
      await expectUsers(client, users)

      await empty(client)
      const before = await cpuTimeOf(service.pid)
      taken.apiIn.push(await secondsOf(() => command('import.ts', files.ndjson)))
      const between = await cpuTimeOf(service.pid)
      await expectUsers(client, users)
      await client.query('vacuum (analyze) users')

      const start = await cpuTimeOf(service.pid)
      taken.apiOut.push(await secondsOf(() => command('export.ts', files.exported)))
      const end = await cpuTimeOf(service.pid)
      await rm(files.exported)
      taken.cpuIn.push((between ?? Number.NaN) - (before ?? Number.NaN))
      taken.cpuOut.push((end ?? Number.NaN) - (start ?? Number.NaN))

      let lines = 0
      taken.copyOut.push(
        await secondsOf(() =>
          copyOut(client, copyUsers, (chunk) => {
            lines += feedsOf(chunk)
          }),
        ),
      )
      expectLines(lines, users)
    }
  })

  const direction = (api: number[], copy: number[], cpu: number[]): Direction => {
    const cpuMs = median(cpu) / users
    return {
      apiSeconds: median(api),
      copySeconds: median(copy),
      share: median(copy) / median(api),
      workerdCpuMs: Number.isNaN(cpuMs) ? null : cpuMs,
    }
  }
  return {
    users,
    rounds,
    import: direction(taken.apiIn, taken.copyIn, taken.cpuIn),
    export: direction(taken.apiOut, taken.copyOut, taken.cpuOut),
  }
}

/** As the export has them: the same fields, by id. */
const copyUsers = `copy (
  select row_to_json(exported) from (
    select id, name, email, version, created_at as "createdAt", updated_at as "updatedAt"
    from users order by id
  ) as exported
) to stdout`

/** And without what was written before, in shared buffers and on the way to the disk. */
async function empty(client: pg.Client): Promise<void> {
  await client.query('truncate users, idempotency_keys restart identity')
  await client.query('checkpoint')
}

async function copyToFile(client: pg.Client, select: string, file: string): Promise<void> {
  const output = createWriteStream(file)
  const isJson = file.endsWith('.ndjson')
  // The text format would double the backslashes of JSON, of which there are none in these names.
  await copyOut(client, `copy (${select}) to stdout`, (chunk) => {
    if (isJson && chunk.includes('\\')) {
      throw new TypeError('A name with a backslash was not expected.')
    }
    // `pg` reads the next one into the same memory.
    output.write(Buffer.from(chunk))
  })
  await promisify((done: (error?: Error | null) => void) => output.end(() => done()))()
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1_000
}

async function expectUsers(client: pg.Client, users: number): Promise<void> {
  const { rows } = await client.query('select count(*)::int as users from users')
  expectLines(rows[0].users, users)
}

function expectLines(found: number, users: number): void {
  if (found !== users) {
    throw new CommandError(`${users} users were to be carried over, and ${found} were.`)
  }
}
