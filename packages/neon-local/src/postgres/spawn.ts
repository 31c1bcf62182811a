import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import type { PostgresUser } from './user.ts'

// The settings of the machine (PGDATA, PGPORT, LANG, TZ ...) must change nothing.
const environment = { LC_ALL: 'C', TZ: 'UTC', SystemRoot: process.env['SystemRoot'] }

const openFlags = constants.O_RDONLY | constants.O_NOFOLLOW

type Command = {
  program: string
  cluster: string
  args: string[]
  /** Only for initdb. */
  passwordFile?: string
  /** Without it, `postgres` is a server. It has to be the first argument. */
  mode?: '--single'
  /** What the program reads: nothing of it can be seen in the list of processes. */
  input?: string
  user: PostgresUser | undefined
}

/** Starts a program of PostgreSQL in a process group of its own, out of reach of Ctrl-C. */
export function spawnPostgres(command: Command): ChildProcess {
  const { program, cluster, args, passwordFile, mode, input, user } = command
  const paths = [cluster, ...(passwordFile ? [passwordFile] : [])]
  const descriptors = user?.isWalledOff ? paths.map((path) => openSync(path, openFlags)) : []
  try {
    // /proc/self/fd leads to an open file without asking for the folders above it.
    const [data, password] = user?.isWalledOff ? ['/proc/self/fd/3', '/proc/self/fd/4'] : paths
    const named = [`-D${data}`, ...(passwordFile ? [`--pwfile=${password}`] : [])]
    const child = spawn(program, [...(mode ? [mode] : []), ...named, ...args], {
      // Where a server goes anyway; by this, what a killed run has left running is found.
      cwd: cluster,
      env: environment,
      detached: true,
      windowsHide: true,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'ignore', 'pipe', ...descriptors],
      ...(user && { uid: user.uid, gid: user.gid }),
    })
    // A program that ends before it has read all says so by its exit code.
    child.stdin?.on('error', () => {}).end(input)
    return child
  } finally {
    descriptors.forEach(closeSync)
  }
}

export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

/** Kills a child that is still running, and what it started within its process group. */
export function killGroup(child: ChildProcess): void {
  if (hasEnded(child) || child.pid === undefined) {
    return
  }

  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // Windows has no process groups.
    child.kill('SIGKILL')
  }
}
