import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import type { PostgresUser } from './postgres-user.ts'

/** A file or folder to name on the command line, right behind its flag. */
type PathArgument = { flag: string; path: string }

// The settings of the machine (PGDATA, PGPORT, LANG, TZ ...) must change nothing.
const environment = { LC_ALL: 'C', TZ: 'UTC', SystemRoot: process.env['SystemRoot'] }

const openFlags = constants.O_RDONLY | constants.O_NOFOLLOW

/** Starts a program of PostgreSQL in a process group of its own, out of reach of Ctrl-C. */
export function spawnPostgres(
  program: string,
  paths: PathArgument[],
  args: string[],
  user: PostgresUser | undefined,
): ChildProcess {
  const descriptors = user?.isWalledOff ? paths.map(({ path }) => openSync(path, openFlags)) : []
  try {
    const named = paths.map(({ flag, path }, index) =>
      // /proc/self/fd leads to an open file without asking for the folders above it.
      user?.isWalledOff ? `${flag}/proc/self/fd/${index + 3}` : flag + path,
    )
    return spawn(program, [...named, ...args], {
      cwd: '/',
      env: environment,
      detached: true,
      windowsHide: true,
      stdio: ['ignore', 'ignore', 'pipe', ...descriptors],
      ...(user && { uid: user.uid, gid: user.gid }),
    })
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
