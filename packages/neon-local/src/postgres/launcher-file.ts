import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs'

// Root may be a guest in the folder of a user, who could have put a link or a pipe there.
const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY } = fs.constants
const readFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK

/** A process and when it began, so that no later owner of its id is taken for it. */
const nameOf = (pid: number) => `${pid}\n${beginningOf(pid) ?? ''}\n`

/** Undefined for a process that is gone. */
function beginningOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      const text = fs.readFileSync(`/proc/${pid}/stat`, 'utf8')
      // Behind the name, which may hold anything: proc_pid_stat(5), from its third field on.
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
      return fields[0] === 'Z' ? undefined : fields[19]
    } catch {
      return undefined
    }
  }
  const env = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' }
  const { stdout } = spawnSync('ps', ['-p', `${pid}`, '-o', 'lstart='], { encoding: 'utf8', env })
  return stdout?.trim() || undefined
}

/** The id of the process that the file names, dead or alive; `?` when there is none. */
export const readLauncher = (file: string): string => read(file)?.split('\n')[0] ?? '?'

/** Whether the process that the file names still runs. */
export const isLauncherAlive = (file: string): boolean => isAlive(read(file) ?? '')

function isAlive(text: string): boolean {
  const [pid = '', beginning = ''] = text.split('\n')
  return beginning !== '' && beginningOf(Number(pid)) === beginning
}

/** Names this process in the file, for a run that holds the lock. */
export function writeLauncherFile(file: string): void {
  fs.rmSync(file, { force: true })
  fs.writeFileSync(file, nameOf(process.pid), { flag: 'wx' })
}

/** Names this process in the file, in place of a lock. False when a running one stands there. */
export function claimLauncherFile(file: string): boolean {
  const own = `${file}-${process.pid}`
  writeLauncherFile(own)
  try {
    while (!link(own, file)) {
      const found = read(file) ?? ''
      if (isAlive(found)) {
        return false
      }
      moveAway(file, `${own}-before`, found)
    }
    return true
  } finally {
    fs.rmSync(own)
  }
}

/** Moves the file of a dead process away, but not one that another run has put there meanwhile. */
function moveAway(file: string, away: string, expected: string): void {
  try {
    fs.renameSync(file, away)
  } catch {
    // Another run was quicker.
    return
  }
  if (read(away) !== expected) {
    link(away, file)
  }
  fs.rmSync(away)
}

function link(from: string, to: string): boolean {
  try {
    fs.linkSync(from, to)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      return false
    }
    throw error
  }
}

function read(file: string): string | undefined {
  try {
    const descriptor = fs.openSync(file, readFlags)
    try {
      return fs.readFileSync(descriptor, 'utf8')
    } finally {
      fs.closeSync(descriptor)
    }
  } catch {
    return undefined
  }
}
