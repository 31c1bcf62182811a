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

/**
 * The same of a process and all that it has started, also of those that have ended, which Linux alone
 * tells, in steps of ten milliseconds.
 */
export async function cpuTimeOfFamily(pid: number): Promise<number | undefined> {
  const children = await childrenOf(pid)
  const times = await Promise.all([pid, ...children].map(cpuTimeOf))
  const own = times.reduce<number>((sum, time) => sum + (time ?? 0), 0)
  return times[0] === undefined ? undefined : own + (await cpuTimeOfEnded(pid))
}

async function childrenOf(pid: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'ppid=,pid='])
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([parent, child = 0]) => (parent === pid ? [child] : []))
}

/** Of `cutime` and `cstime` (proc(5)), which are hundredths of a second. */
async function cpuTimeOfEnded(pid: number): Promise<number> {
  if (process.platform !== 'linux') {
    return 0
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The name of the program may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) * 10_000
}

/** The first field, in nanoseconds: `/proc/PID/stat` counts hundredths of a second. */
async function ofLinux(pid: number): Promise<number> {
  const folder = `/proc/${pid}/task`
  // It may have ended since.
  const threads = await readdir(folder).catch(() => [])
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
