import { format, parse } from 'node:path'
import type { ImportResult } from '../../../src/client.ts'
import { CommandError } from '../../command/command.ts'
import { appendPrivateFile, hasOwnFile } from '../../command/private-file.ts'
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
export async function openRefusedFiles(records: string, goesOn: boolean): Promise<RefusedFiles> {
  const { dir, name } = parse(records)
  const reasons = format({ dir, name, ext: '.reasons.ndjson' })
  for (const file of [records, reasons]) {
    if ((await hasOwnFile(file)) && !goesOn) {
      throw new CommandError(
        `${file} is there already, of an earlier import: move it away, or name another file ` +
          'with --refused.',
      )
    }
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
      await using recordsFile = await appendPrivateFile(records)
      await using reasonsFile = await appendPrivateFile(reasons)
      const header = (await recordsFile.stat()).size > 0 ? [] : [part.header]
      const copies = lines.flatMap(({ line }) => [part.recordAt(line), lineFeed])
      await recordsFile.appendFile(Buffer.concat([...header, ...copies]))
      await reasonsFile.appendFile(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    },
  }
}

/** What the service says of a part, with the lines of the file instead. */
export const inFile = (text: string, part: Part): string =>
  text.replace(/(?<=\bline )\d+/g, (line) => String(part.lineInFile(Number(line))))
