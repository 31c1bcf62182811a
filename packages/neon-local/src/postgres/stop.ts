import type { ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { hasEnded } from './spawn.ts'

// A fast shutdown writes everything to disk, an immediate one leaves that to the next start's
// recovery; PostgreSQL itself kills after five seconds what does not follow that one.
const shutdown: [NodeJS.Signals, number][] = [
  ['SIGINT', 10_000],
  ['SIGQUIT', 7_000],
  ['SIGKILL', 5_000],
]

/** Stops the server, in the end by force. What is kept is written to disk first. */
export async function stopServer(child: ChildProcess, isTemporary: boolean): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  for (const [signal, graceMs] of isTemporary ? shutdown.slice(1) : shutdown) {
    if (hasEnded(child)) {
      return
    }
    signalServer(child, signal)
    await Promise.race([ended, delay(graceMs, undefined, { ref: false })])
  }
}

/** The same while this process ends, when nothing can be awaited any more. */
export function stopServerNow(child: ChildProcess, pidFile: string): void {
  if (hasEnded(child)) {
    return
  }

  const deadline = Date.now() + 2_000
  if (existsSync(pidFile)) {
    signalServer(child, 'SIGQUIT')
  }
  // Node notices the end of a child between turns of its loop only; the server removes this file.
  while (existsSync(pidFile) && Date.now() < deadline) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
  }
  signalServer(child, 'SIGKILL')
}

function signalServer(child: ChildProcess, signal: NodeJS.Signals): void {
  const children = childrenOf(child)
  child.kill(signal)
  child.kill('SIGCONT')
  // Each is a process group of its own. A frozen one would hold up the shutdown.
  for (const pid of children) {
    try {
      process.kill(pid, signal === 'SIGKILL' ? signal : 'SIGCONT')
    } catch {
      // It has ended meanwhile.
    }
  }
}

function childrenOf(child: ChildProcess): number[] {
  const list = `/proc/${child.pid}/task/${child.pid}/children`
  return existsSync(list) ? (readFileSync(list, 'utf8').match(/\d+/g) ?? []).map(Number) : []
}
