import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'

/**
 * Removes the folder when this process is gone, however it went, and on Linux first ends what runs
 * with it as TMPDIR: vitest calls no teardown at Ctrl-C, and kills the processes of its tests before
 * they can end what they have started. Returns how to remove the folder now.
 */
export function clearAtEnd(folder: string): () => Promise<void> {
  const watcher = spawn('/bin/sh', ['-c', script, 'sh', folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  watcher.on('error', () => {})
  watcher.unref()

  return async () => {
    watcher.kill('SIGKILL')
    // A Chromium that was just closed may still write into its profile.
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
  }
}

/** What ends by itself has a second for it, and what is asked to end six more. */
const script = `
cat
sleep 1
for signal in TERM TERM TERM KILL; do
  pids=$(grep -lF "TMPDIR=$1" /proc/[0-9]*/environ | cut -d / -f 3)
  [ "$pids" ] || break
  kill -s $signal $pids
  sleep 2
done
rm -rf "$1"`
