import { format, parse } from 'node:path'
import { CommandError } from '../../command/command.ts'
import { appendPrivateFile, hasOwnFile } from '../../command/private-file.ts'
import type { Part, Refusal } from './parts.ts'
import type { Source } from './source.ts'

export type RefusedFiles = {
  records: string
  reasons: string
  /** By the lines of the file. */
  add(source: Source, part: Part, refused: readonly Refusal[]): Promise<void>
}

/** `users.refused.csv` beside `users.csv`. */
export function defaultRefusedFile(file: string): string {
  const { dir, name, ext } = parse(file)
  return format({ dir, name: `${name}.refused`, ext })
}

/**
 * The refused records as they stand in the file, under what stands above its records, so that they can
 * be mended and imported again with the same options; and beside them, as NDJSON in the same order, on
 * which line of the file each began and what is wrong with it. Throws CommandError for files of an
 * earlier import, unless it goes on.
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
    add: async (source, part, refused) => {
      const texts = refused.map(({ line }) => part.recordAt(line))
      // The last line of a file may have no end.
      const [end = '\n'] = /(?:\r\n?|\n)$/.exec(source.layout?.top ?? texts[0] ?? '') ?? []
      const copies = texts.map((text) => (/[\r\n]$/.test(text) ? text : text + end))
      await using recordsFile = await appendPrivateFile(records)
      await using reasonsFile = await appendPrivateFile(reasons)
      const top = (await recordsFile.stat()).size > 0 ? '' : topOf(source)
      await recordsFile.appendFile(top + copies.join(''))
      await reasonsFile.appendFile(refused.map((each) => `${JSON.stringify(each)}\n`).join(''))
    },
  }
}

/** Always UTF-8. The mark tells it from what `--encoding` says of the file. */
const topOf = ({ encoding, layout }: Source): string =>
  (encoding.label === 'utf-8' && !encoding.hasMark ? '' : '\ufeff') + (layout?.top ?? '')
