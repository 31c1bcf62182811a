import { maxLineLength, maxLines } from '../../../src/http/line-limits.ts'
import { readLines } from '../../../src/http/lines.ts'
import { NewUser } from '../../../src/users/input.ts'
import type { Part, Refusal } from './parts.ts'

/** What the service would refuse of a part, and of what was not to be sent at all. */
export function judge(part: Part): { valid: readonly NewUser[]; refusals: readonly Refusal[] } {
  const { valid, refused } = readLines(
    { mediaType: 'application/x-ndjson', text: part.body },
    {
      schema: NewUser,
      columns: { known: [], required: [] },
      maxLines,
      maxLength: maxLineLength,
    },
  )
  const byService = refused.map((each) => ({ ...each, line: part.lineInFile(each.line) }))
  const refusals = [...part.refused, ...byService].sort((one, other) => one.line - other.line)
  return { valid: valid.map(({ value }) => value), refusals }
}
