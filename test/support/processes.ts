import { glob, readFile } from 'node:fs/promises'

type Process = { pid: number; name: string; parent: number; pages: number }

/** Of Linux: fields 1, 2, 4 and 24 of `/proc/PID/stat`. */
async function readProcesses(): Promise<Process[]> {
  const stats = await Array.fromAsync(glob('/proc/[0-9]*/stat'), (file) =>
    readFile(file, 'utf8').catch(() => ''),
  )
  return stats.flatMap((stat) => {
    const [, pid, name, rest] = /^(\d+) \((.*)\) (.*)$/s.exec(stat) ?? []
    const fields = rest?.split(' ') ?? []
    return pid && name
      ? [{ pid: Number(pid), name, parent: Number(fields[1]), pages: Number(fields[21]) }]
      : []
  })
}

/** The memory, in MiB, of the processes of this name that this process has started. */
export async function residentMiB(name: string): Promise<number> {
  const processes = await readProcesses()
  const parents = new Map(processes.map(({ pid, parent }) => [pid, parent]))
  const isOurs = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === process.pid || isOurs(parents.get(pid)))

  return processes
    .filter((each) => each.name === name && isOurs(each.pid))
    .reduce((sum, { pages }) => sum + pages / 256, 0)
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
