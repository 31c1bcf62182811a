import { type ChildProcess, spawn } from 'node:child_process'
import type { Cleanup } from './cleanup.ts'

export type Watchdog = {
  /** The child to stop. */
  watch(child: ChildProcess): void
  /** The folder to remove when no child is left. */
  alsoRemove(path: string): void
}

// Reads what there is to do until the pipe breaks, which it does however the launcher dies.
const script = `
pid=
while IFS= read -r line; do
  case $line in
    pid=*) pid=\${line#pid=} ;;
    *) set -- "$@" "$line" ;;
  esac
done
is_running() {
  [ -n "$pid" ] && kill -0 "$pid" && ! grep -q 'State:.Z' "/proc/$pid/status"
}
for signal in INT QUIT KILL; do
  tries=0
  while is_running && [ $tries -lt 60 ]; do
    [ $tries -eq 0 ] && kill -$signal "$pid" && kill -CONT "$pid"
    tries=$((tries + 1))
    sleep 0.1
  done
done
for path; do
  rm -rf "$path" || { sleep 1; rm -rf "$path"; }
done
`

/**
 * Cleans up after a launcher that was killed before it could: stops the server, removes temporary
 * folders. There is none on Windows, nor where /bin/sh is missing; there the next run on the same
 * data folder stops the server, and a temporary one stays.
 */
export function startWatchdog(cleanup: Cleanup): Watchdog {
  const watchdog = spawn('/bin/sh', ['-c', script], {
    detached: true,
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  watchdog.on('error', () => {})
  watchdog.stdin.on('error', () => {})
  cleanup.defer(() => watchdog.kill('SIGKILL'))
  const tell = (line: string) => {
    watchdog.stdin.write(`${line}\n`)
  }
  return {
    watch: (child) => {
      tell(`pid=${child.pid ?? ''}`)
      // No later owner of its id may be hit.
      child.once('exit', () => tell('pid='))
    },
    alsoRemove: (path) => {
      // Two lines would be taken for two folders.
      if (!path.includes('\n')) {
        tell(path)
      }
    },
  }
}
