import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { hasEnded } from './spawn.ts'

/** The file in which a server says who it is, and which it removes when it ends in good order. */
export function pidFileOf(cluster: string): string {
  return join(cluster, 'postmaster.pid')
}

export function readPid(cluster: string): number | undefined {
  return existsSync(pidFileOf(cluster)) ? Number(readLines(cluster)[0]) : undefined
}

/** Whether the server comes to accept connections on 127.0.0.1; false when it never will. */
export async function becomesReady(child: ChildProcess, cluster: string): Promise<boolean> {
  const closed = once(child, 'close')
  for (;;) {
    if (child.pid === undefined || hasEnded(child)) {
      // What it said last is still on its way.
      await closed
      return false
    }
    // The lines stand in the order of PostgreSQL's pidfile.h, and the state comes last.
    const lines = readLines(cluster)
    if (Number(lines[0]) === child.pid && lines.at(-1)?.trim() === 'ready') {
      // The server is content with one address of two, and the first that it got is named here.
      return lines.at(-3) === '127.0.0.1'
    }
    await delay(5)
  }
}

function readLines(cluster: string): string[] {
  const file = pidFileOf(cluster)
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []
}
