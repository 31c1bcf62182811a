import { existsSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { format, parse } from 'node:path'
import type { ImportResult } from '../../src/client.ts'
import { CommandError } from '../command.ts'
import type { Part } from './parts.ts'

export type RefusedFiles = {
  records: string
  reasons: string
  add(part: Part, refused: ImportResult['refused']): Promise<void>
}

const lineFeed = Buffer.from('\n')

/** `users.refused.csv` beside `users.csv`. */
export function defaultRefusedFile(file: string): string {
  const { dir, name, ext } = parse(file)
  return format({ dir, name: `${name}.refused`, ext })
}

/**
 * The refused records as they stand in the file, under its header, so that they can be mended and
 * imported again; and beside them, as NDJSON in the same order, on which line of the file each began
 * and what is wrong with it. Throws CommandError for files of an earlier import, unless it goes on.
 */
export function openRefusedFiles(records: string, goesOn: boolean): RefusedFiles {
  const { dir, name } = parse(records)
  const reasons = format({ dir, name, ext: '.reasons.ndjson' })
  const existing = [records, reasons].find(existsSync)
  if (existing !== undefined && !goesOn) {
    throw new CommandError(
      `${existing} is there already, of an earlier import: move it away, or name another file ` +
        'with --refused.',
    )
  }
  return {
    records,
    reasons,
    add: async (part, refused) => {
      const lines = refused.map(({ line, pointer, detail }) => ({
        line: part.lineInFile(line),
        pointer,
        detail: inFile(detail, part),
      }))
      const header = existsSync(records) ? [] : [part.header]
      const copies = lines.flatMap(({ line }) => [part.recordAt(line), lineFeed])
      await appendFile(records, Buffer.concat([...header, ...copies]))
      await appendFile(reasons, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    },
  }
}

/** What the service says of a part, with the lines of the file instead. */
export const inFile = (text: string, part: Part): string =>
  text.replace(/(?<=\bline )\d+/g, (line) => String(part.lineInFile(Number(line))))
