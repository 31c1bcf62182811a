import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { NeonLocalError } from './errors.ts'
import { pidFileOf, readPid } from './postgres-pid-file.ts'

/**
 * Ends what a killed run has left running on the cluster. Call it with the data folder locked: then
 * no server there has a launcher any more.
 */
export async function stopLeftovers(cluster: string): Promise<void> {
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
  const { dev, ino, uid } = fs.statSync(cluster)
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const folder = fs.statSync(`/proc/${pid}/cwd`)
        return (
          folder.ino === ino &&
          folder.dev === dev &&
          fs.statSync(`/proc/${pid}`).uid === uid &&
          fs.readFileSync(`/proc/${pid}/comm`, 'utf8') === 'postgres\n'
        )
      } catch {
        // It has ended, or belongs to somebody else.
        return false
      }
    })
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
