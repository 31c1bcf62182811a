import { constants, type Stats } from 'node:fs'
import { type FileHandle, lstat, open, rename, rm } from 'node:fs/promises'
import { CommandError } from './command.ts'

/** For files with users, keys or passwords. Only their owner may read them, whatever the umask. */
const mode = 0o600

/** Makes a new file, never through a link and never over an existing one. Throws CommandError. */
export function createPrivateFile(file: string): Promise<FileHandle> {
  return open(file, 'wx', mode).catch((error: unknown) => refuse(file, error))
}

/** Opens a file of this user to append to it, or makes it. Throws CommandError. */
export async function appendPrivateFile(file: string): Promise<FileHandle> {
  const { O_APPEND, O_CREAT, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_WRONLY } = constants
  // Opening a pipe that nobody reads would block the command.
  const flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK
  const handle = await open(file, flags, mode).catch((error: unknown) => refuse(file, error))
  try {
    requireOwnFile(file, await handle.stat())
    // An older file may be readable by everybody.
    await handle.chmod(mode)
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** Replaces a file. Throws CommandError. */
export async function replacePrivateFile(file: string, text: string): Promise<void> {
  if (await hasOwnFile(file)) {
    await rm(file)
  }
  await using handle = await createPrivateFile(file)
  await handle.writeFile(text)
  await handle.sync()
}

/** Replaces a file at once, so that it holds the old text or the new, however this ends. */
export async function exchangePrivateFile(file: string, text: string): Promise<void> {
  await hasOwnFile(file)
  const partial = `${file}.partial`
  await replacePrivateFile(partial, text)
  await rename(partial, file)
}

/** Whether the file exists. Throws CommandError for anything else there, even a broken link. */
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
  // It belongs to somebody else, who may have planted it. Windows has no such numbers.
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
