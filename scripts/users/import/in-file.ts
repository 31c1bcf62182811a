import type { ImportResult } from '../../../src/client.ts'
import type { Part } from './parts.ts'

/** What became of a part, with the lines of the file, and with what was not sent of it. */
export function inFile(result: ImportResult, part: Part): ImportResult {
  const byService = result.refused.map(({ line, pointer, detail }) => ({
    line: part.lineInFile(line),
    pointer,
    detail: withLines(detail, part),
  }))
  const refused = [...part.refused, ...byService].sort((one, other) => one.line - other.line)
  return { ...result, refused }
}

export const withLines = (text: string, part: Part): string =>
  text.replace(/(?<=\bline )\d+/g, (line) => String(part.lineInFile(Number(line))))
