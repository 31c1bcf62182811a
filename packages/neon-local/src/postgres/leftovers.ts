import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { NeonLocalError } from '../errors.ts'
import { pidFileOf, readPid } from './pid-file.ts'
import { releaseSharedMemory } from './shared-memory.ts'

/**
 * Ends what a killed run has left running on the cluster, which may be about to be removed. Call it
 * with the data folder locked: then no server there has a launcher any more.
 */
export async function stopLeftovers(cluster: string, isDisposable = false): Promise<void> {
  if (!fs.existsSync(cluster)) {
    return
  }
  const server = readPid(cluster)
  for (let tries = 0; ; tries += 1) {
    const pids = leftoversOf(cluster)
    if (pids.length === 0) {
      break
    }
    if (tries === 150) {
      throw new NeonLocalError(
        `PostgreSQL processes of an earlier run still use ${cluster} and cannot be stopped: ` +
          `end them by hand (pid ${pids.join(', ')}).`,
      )
    }
    // A fast shutdown, which needs the server itself and no frozen process; in the end by force.
    const isOrderly = tries < 100 && server !== undefined && pids.includes(server)
    if (isOrderly && tries === 0) {
      send('SIGINT', [server])
    }
    send(isOrderly ? 'SIGCONT' : 'SIGKILL', pids)
    await delay(50)
  }
  if (isDisposable) {
    releaseSharedMemory(cluster)
  }
  // It names a process that is gone. PostgreSQL would mistake any later owner of that id, which
  // comes soon in a container, for the server.
  fs.rmSync(pidFileOf(cluster), { force: true })
}

function leftoversOf(cluster: string): number[] {
  if (process.platform === 'linux') {
    return processesIn(cluster)
  }

  const pid = readPid(cluster)
  if (pid === undefined) {
    return []
  }
  const { stdout } = spawnSync('ps', ['-p', `${pid}`, '-o', 'command='], { encoding: 'utf8' })
  return stdout?.includes('postgres') && stdout.includes(cluster) ? [pid] : []
}

/** Every process of PostgreSQL has its cluster as working directory; so may a shell of yours. */
function processesIn(cluster: string): number[] {
  const { uid, gid } = fs.statSync(cluster)
  const { stdout } = spawnSync('/bin/sh', ['-c', listProcessesHere], {
    cwd: cluster,
    encoding: 'utf8',
    // In a container, not even root may see where the processes of others are.
    ...(process.geteuid?.() === 0 && { uid, gid }),
  })
  const pids = (stdout?.match(/\d+/g) ?? []).map(Number)
  return pids.filter((pid) => isOwnPostgres(pid, uid))
}

const listProcessesHere = `
for process in /proc/[0-9]*; do
  [ "$process/cwd" -ef . ] && echo "$process"
done`

function isOwnPostgres(pid: number, uid: number): boolean {
  try {
    const name = fs.readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
    return ['postgres', 'initdb'].includes(name) && fs.statSync(`/proc/${pid}`).uid === uid
  } catch {
    // It has ended.
    return false
  }
}

function send(signal: NodeJS.Signals, pids: number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
    } catch {
      // It has ended.
    }
  }
}
