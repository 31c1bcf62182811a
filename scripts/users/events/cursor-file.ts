import { readFile } from 'node:fs/promises'
import { readCursor } from '../../../src/rows/feed-cursor.ts'
import { CommandError } from '../../command/command.ts'
import { exchangePrivateFile, hasOwnFile } from '../../command/private-file.ts'

/** Throws ServiceError for what is no cursor of a feed. */
export function checkCursor(text: string): void {
  readCursor(text)
}

/** Undefined when there is no file, or nothing in it: then a reader begins anew. Throws CommandError. */
export async function readCursorFile(file: string): Promise<string | undefined> {
  if (!(await hasOwnFile(file))) {
    return undefined
  }
  const text = (await readFile(file, 'utf8')).trim()
  if (text === '') {
    return undefined
  }
  try {
    checkCursor(text)
    return text
  } catch {
    throw new CommandError(
      `${file} holds no cursor of a feed of events. Name another file, or remove it to begin with the ` +
        'oldest event.',
    )
  }
}

/** However this ends, the file holds the old cursor or the new. Throws CommandError. */
export const writeCursorFile = (file: string, cursor: string): Promise<void> =>
  exchangePrivateFile(file, `${cursor}\n`)
