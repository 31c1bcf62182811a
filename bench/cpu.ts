import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/**
 * The CPU time, in microseconds, that the process and all its threads have used so far. Undefined
 * where the operating system is not asked: Windows.
 */
export function cpuTimeOf(pid: number): Promise<number | undefined> {
  switch (process.platform) {
    case 'linux':
      return ofLinux(pid)
    case 'darwin':
      return ofMacos(pid)
    default:
      return Promise.resolve(undefined)
  }
}

/** The first field, in nanoseconds: `/proc/PID/stat` counts hundredths of a second. */
async function ofLinux(pid: number): Promise<number> {
  const folder = `/proc/${pid}/task`
  const threads = await readdir(folder)
  const times = await Promise.all(
    threads.map(async (thread) =>
      // A thread may have ended since.
      Number.parseInt(await readFile(`${folder}/${thread}/schedstat`, 'utf8').catch(() => '0'), 10),
    ),
  )
  return times.reduce((sum, time) => sum + time, 0) / 1_000
}

/** `[[DAYS-]HOURS:]MINUTES:SECONDS` */
async function ofMacos(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'cputime=', '-p', String(pid)])
  const seconds = stdout
    .trim()
    .split(/[:-]/)
    .reverse()
    .reduce((sum, part, index) => sum + Number(part) * ([1, 60, 3_600, 86_400][index] ?? 0), 0)
  return seconds * 1e6
}
