import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { NeonLocalError } from '../errors.ts'
import type { DataFolder } from './data-folder.ts'

export type PostgresUser = {
  uid: number
  gid: number
  /** The data folder is root's alone, so that this user can reach the cluster by descriptor only. */
  isWalledOff: boolean
}

/** Whom PostgreSQL runs as, since it refuses to run as root; undefined: the user of this process. */
export function postgresUser(folder: DataFolder): PostgresUser | undefined {
  if (process.geteuid?.() !== 0) {
    return undefined
  }

  if (process.platform !== 'linux') {
    throw new NeonLocalError(
      'PostgreSQL refuses to run as root, and there is a way around it on Linux only: ' +
        'run this as an ordinary user.',
    )
  }
  const owner = statSync(folder.path)
  const clusterOwner = existsSync(folder.cluster) ? statSync(folder.cluster) : owner
  if (owner.uid === 0) {
    const { uid, gid } = clusterOwner.uid === 0 ? unprivilegedUser() : clusterOwner
    return { uid, gid, isWalledOff: true }
  }
  if (clusterOwner.uid !== owner.uid || !canEnter(folder.path, owner)) {
    throw new NeonLocalError(
      `The data folder ${folder.path} belongs to user id ${owner.uid}, who cannot reach all of it: ` +
        `run this as that user, or choose another folder with --data-dir.`,
    )
  }
  return { uid: owner.uid, gid: owner.gid, isWalledOff: false }
}

function unprivilegedUser(): { uid: number; gid: number } {
  const entries = readFileSync('/etc/passwd', 'utf8').split('\n')
  // Not `postgres` first: whoever can connect to this server can act as its user, and that one may
  // own the clusters of the machine.
  for (const name of ['nobody', 'postgres']) {
    const [, , uid, gid] = entries.find((line) => line.startsWith(`${name}:`))?.split(':') ?? []
    if (uid && gid) {
      return { uid: Number(uid), gid: Number(gid) }
    }
  }
  throw new NeonLocalError(
    'PostgreSQL refuses to run as root, and /etc/passwd has neither "nobody" nor "postgres" to ' +
      'run it as: run this as an ordinary user.',
  )
}

function canEnter(path: string, user: { uid: number; gid: number }): boolean {
  const { uid, gid, mode } = statSync(path)
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
  return (mode & bit) !== 0 && (path === dirname(path) || canEnter(dirname(path), user))
}
