import { once } from 'node:events'
import { followLog, startFailure } from './log.ts'
import { superuserName } from './owner.ts'
import type { PostgresSetup } from './setup.ts'
import { killGroup, spawnPostgres } from './spawn.ts'

/**
 * Sets the superuser's password on a cluster that no server runs on, whatever it was before. In
 * single-user mode nobody else can connect meanwhile, and no password is asked for.
 */
export async function setSuperuserPassword(setup: PostgresSetup, password: string): Promise<void> {
  const { folder, binaries, user, watchdog, cleanup } = setup
  const child = spawnPostgres({
    program: binaries.postgres,
    mode: '--single',
    cluster: folder.cluster,
    args: [
      ...['-c', 'dynamic_shared_memory_type=mmap', '-c', 'logging_collector=off'],
      // A failure ends it, and its log does not repeat the statement.
      ...['-c', 'exit_on_error=on', '-c', 'log_min_error_statement=panic'],
      'postgres',
    ],
    input: `ALTER ROLE ${superuserName} PASSWORD '${password}'\n`,
    user,
  })
  cleanup.defer(() => killGroup(child))
  watchdog.watch(child)
  const log = followLog(child.stderr)
  const [code] = await once(child, 'close')
  if (code !== 0) {
    throw startFailure(log, folder.path)
  }
}
