import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { pidFileOf, readPid } from './pid-file.ts'

/**
 * Gives back the System V segment of a server that was killed. The next start on its cluster would
 * do that, but one that is going to be removed has no next start, and macOS has room for 32
 * segments in all.
 */
export function releaseSharedMemory(cluster: string): void {
  if (readPid(cluster) === undefined) {
    return
  }
  const segment = /^ *\d+ +(\d+) *$/m.exec(readFileSync(pidFileOf(cluster), 'utf8'))?.[1]
  const { uid, gid } = statSync(cluster)
  if (segment) {
    // As the server's user, who may have written the number of anybody's segment there.
    const identity = process.geteuid?.() === 0 ? { uid, gid } : {}
    spawnSync('ipcrm', ['-m', segment], { stdio: 'ignore', ...identity })
  }
}
