import * as fs from 'node:fs'
import { join } from 'node:path'
import { NeonLocalError } from '../errors.ts'
import { lockName } from './data-folder-lock.ts'

export function refuseOtherOwner(path: string, cluster: string): void {
  const self = process.geteuid?.() ?? 0
  if (self === 0) {
    return
  }

  for (const folder of [path, cluster]) {
    const owner = fs.statSync(folder, { throwIfNoEntry: false })?.uid ?? self
    if (owner !== self) {
      throw new NeonLocalError(
        `The data folder ${folder} belongs to another user (id ${owner}): ` +
          `take it over with "sudo chown -R ${self} ${path}", or choose another with --data-dir.`,
      )
    }
  }
}

/** Nothing that another program made is ever opened by the server, moved or removed. */
export function refuseForeignFiles(path: string, cluster: string, majorVersion: number): void {
  for (const folder of [path, cluster]) {
    const version = versionOf(folder) ?? majorVersion
    if (version !== majorVersion) {
      throw new NeonLocalError(
        `The data folder ${folder} was made by PostgreSQL ${version}, and this is PostgreSQL ` +
          `${majorVersion}: move it away, or choose another folder with --data-dir.`,
      )
    }
  }
  const entries = fs.readdirSync(path)
  if (entries.length > 0 && !entries.includes(lockName)) {
    throw new NeonLocalError(
      `The data folder ${path} holds files of something else, which stay untouched: ` +
        'choose an empty or a new folder with --data-dir.',
    )
  }
  if (fs.existsSync(cluster) && versionOf(cluster) === undefined) {
    throw new NeonLocalError(
      `The data folder ${cluster} has lost its file PG_VERSION, so it is damaged: ` +
        'move it away, or choose another folder with --data-dir.',
    )
  }
}

function versionOf(folder: string): number | undefined {
  const file = join(folder, 'PG_VERSION')
  return fs.existsSync(file) ? Number.parseInt(fs.readFileSync(file, 'utf8'), 10) : undefined
}
