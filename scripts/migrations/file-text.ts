import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { CommandError, exitCodes } from '../command/command.ts'

/**
 * The text of a file of SQL.
 *
 * Throws CommandError when its bytes would be others on another machine, or are no text to PostgreSQL:
 * a file is known by its hash, and cannot be corrected once it is applied.
 */
export async function readSql(file: string): Promise<string> {
  const name = basename(file)
  const text = decode(await readFile(file))

  if (text === undefined || text.includes('\0')) {
    throw broken(`${name} is not in UTF-8. Save it in UTF-8, without a byte order mark.`)
  }
  if (/^\ufeff/m.test(text)) {
    throw broken(
      `${name} has a byte order mark (BOM), which PostgreSQL takes for a part of the first word. ` +
        'Save it in UTF-8 without one.',
    )
  }
  if (text.includes('\r')) {
    throw broken(
      `${name} has the line ends of Windows (CR). git takes them away, and then no clone has the ` +
        "file that was applied. Save it with line ends of LF alone; in a text, write e'\\r'.",
    )
  }
  return text
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const broken = (message: string) => new CommandError(message, exitCodes.history)
