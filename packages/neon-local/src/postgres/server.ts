import type { ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { followLog, startFailure } from './log.ts'
import { findFreePort, portForbidden, portTaken } from './loopback-port.ts'
import { becomesReady, pidFileOf } from './pid-file.ts'
import { type ServerSettings, serverSettings } from './settings.ts'
import type { PostgresSetup } from './setup.ts'
import { spawnPostgres } from './spawn.ts'
import { stopServerNow } from './stop.ts'

type RunningServer = { child: ChildProcess; pid: number; port: number }

/** Starts the server, on a free port when none is given. It accepts connections then. */
export async function startServer(
  { folder, binaries, user, watchdog, cleanup }: PostgresSetup,
  givenPort: number | undefined,
  settings: ServerSettings,
  onLog: ((line: string) => void) | undefined,
): Promise<RunningServer> {
  const program = binaries.postgres
  const { cluster } = folder
  for (let retries = 50; ; retries -= 1) {
    const port = givenPort ?? (await findFreePort())
    const args = serverSettings(port, folder.isTemporary, settings)
    const child = spawnPostgres({ program, cluster, args, user })
    const log = followLog(child.stderr, onLog)
    cleanup.defer(() => stopServerNow(child, pidFileOf(cluster)))
    watchdog.watch(child)
    const isReady = await becomesReady(child, cluster)
    if (isReady && child.pid !== undefined) {
      return { child, pid: child.pid, port }
    }

    stopServerNow(child, pidFileOf(cluster))
    if (log.some((line) => /could not bind .*Permission denied/.test(line))) {
      throw portForbidden(port)
    }
    const isPortTaken = log.some((line) => line.includes('Address already in use'))
    if (isPortTaken && givenPort !== undefined) {
      throw portTaken(port)
    }

    // Backends that a killed server left behind take a moment to notice that it is gone.
    const isMemoryHeld = log.some((line) => line.includes('pre-existing shared memory block'))
    if (retries === 0 || !(isPortTaken || isMemoryHeld)) {
      throw startFailure(log, folder.path)
    }
    await delay(100)
  }
}
