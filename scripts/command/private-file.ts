import { constants, type Stats } from 'node:fs'
import { type FileHandle, lstat, open, rm } from 'node:fs/promises'
import { CommandError } from './command.ts'

/** For what holds users, keys or passwords. No other user may read it, whatever the umask. */
const mode = 0o600

/** Makes a file, never through a link and never over what is there. Throws CommandError. */
export function createPrivateFile(file: string): Promise<FileHandle> {
  return open(file, 'wx', mode).catch((error: unknown) => refuse(file, error))
}

/** Opens a file of this user's to go on at its end, or makes it. Throws CommandError. */
export async function appendPrivateFile(file: string): Promise<FileHandle> {
  const { O_APPEND, O_CREAT, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_WRONLY } = constants
  // A pipe that nobody reads would hold the command up.
  const flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK
  const handle = await open(file, flags, mode).catch((error: unknown) => refuse(file, error))
  try {
    requireOwnFile(file, await handle.stat())
    // An older one may be open to all.
    await handle.chmod(mode)
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** Writes a file anew. Throws CommandError. */
export async function replacePrivateFile(file: string, text: string): Promise<void> {
  if (await hasOwnFile(file)) {
    await rm(file)
  }
  await using handle = await createPrivateFile(file)
  await handle.writeFile(text)
}

/** Whether there is a file. Throws CommandError when something else is there, be it a broken link. */
export async function hasOwnFile(file: string): Promise<boolean> {
  const stats = await lstat(file).catch(() => undefined)
  if (stats) {
    requireOwnFile(file, stats)
  }
  return stats !== undefined
}

function requireOwnFile(file: string, stats: Stats): void {
  if (!stats.isFile()) {
    const what = stats.isSymbolicLink() ? 'a symbolic link' : 'no plain file'
    throw new CommandError(
      `${file} is ${what}, so nothing is written there. Remove it, or name another file.`,
    )
  }
  // As a planted one would be. Windows has no such numbers.
  if (stats.uid !== (process.getuid?.() ?? stats.uid) || stats.nlink > 1) {
    throw new CommandError(
      `${file} belongs to another user or has a second name, so nothing is written there. Remove ` +
        'it, or name another file.',
    )
  }
}

async function refuse(file: string, error: unknown): Promise<never> {
  if (await hasOwnFile(file)) {
    throw new CommandError(`${file} is there already: remove it, or name another file.`)
  }
  throw error instanceof Error && 'syscall' in error ? new CommandError(`${error.message}.`) : error
}
