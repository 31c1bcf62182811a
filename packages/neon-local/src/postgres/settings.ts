import { loopbackAddresses } from './loopback-port.ts'

/** By name, as in postgresql.conf. */
export type ServerSettings = Readonly<Record<string, string>>

/** The server's settings, as arguments: they win over whatever the cluster's own files say. */
export function serverSettings(
  port: number,
  isTemporary: boolean,
  further: ServerSettings,
): string[] {
  const settings = {
    ...further,
    port,
    listen_addresses: loopbackAddresses().join(','),
    unix_socket_directories: '',
    max_connections: 200,
    // Shared memory in files of the cluster: /dev/shm has 64 MB in a container, and what a killed
    // server leaves there stays.
    dynamic_shared_memory_type: 'mmap',
    timezone: 'UTC',
    log_timezone: 'UTC',
    datestyle: 'ISO, MDY',
    intervalstyle: 'postgres',
    // Failures of the start are told apart by their English text.
    lc_messages: 'C',
    log_destination: 'stderr',
    logging_collector: 'off',
    ...(isTemporary && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}
