import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { join } from 'node:path'
import type { DataFolder } from './data-folder.ts'

/** Who may log in to the cluster: anybody on this machine can reach its port. */
export type Passwords = { superuser: string; owner: string }

const fileName = 'passwords.json'

/** No character that SQL, a URL or a shell would take for more than itself. */
const newPassword = () => randomBytes(32).toString('base64url')

export const newPasswords = (): Passwords => ({ superuser: newPassword(), owner: newPassword() })

/**
 * The passwords that hold on the cluster. Undefined when it is not made yet, or not by this version,
 * or when the file was lost.
 */
export function keptPasswords({ path, cluster }: DataFolder): Passwords | undefined {
  const file = join(path, fileName)
  if (!fs.existsSync(cluster)) {
    fs.rmSync(file, { force: true })
    return undefined
  }
  try {
    const descriptor = fs.openSync(file, fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0))
    try {
      // A copy of the folder may have opened it to others.
      fs.fchmodSync(descriptor, 0o600)
      return parse(fs.readFileSync(descriptor, 'utf8'))
    } finally {
      fs.closeSync(descriptor)
    }
  } catch {
    return undefined
  }
}

/** Whole or not at all, and never through a link. */
export function keepPasswords({ path, isTemporary }: DataFolder, passwords: Passwords): void {
  const file = join(path, fileName)
  const unfinished = `${file}.unfinished`
  fs.rmSync(unfinished, { force: true })
  writeSecret(unfinished, JSON.stringify(passwords), fs.statSync(path), !isTemporary)
  fs.renameSync(unfinished, file)
}

/** Only the owner can read the new file. Root may be a guest in the folder of a user. */
export function writeSecret(
  file: string,
  text: string,
  owner: { uid: number; gid: number },
  isDurable = false,
): void {
  const descriptor = fs.openSync(file, 'wx', 0o600)
  try {
    if (process.geteuid?.() === 0) {
      fs.fchownSync(descriptor, owner.uid, owner.gid)
    }
    fs.writeFileSync(descriptor, text)
    if (isDurable) {
      fs.fsyncSync(descriptor)
    }
  } finally {
    fs.closeSync(descriptor)
  }
}

function parse(text: string): Passwords | undefined {
  const { superuser, owner } = Object(JSON.parse(text))
  return typeof superuser === 'string' && typeof owner === 'string'
    ? { superuser, owner }
    : undefined
}
