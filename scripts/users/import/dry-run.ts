import { maxLineLength, maxLines } from '../../../src/http/line-limits.ts'
import { readLines } from '../../../src/http/lines.ts'
import { NewUser } from '../../../src/users/input.ts'
import { type Part, type Refusal, readParts } from './parts.ts'
import { readSource, type Source } from './source.ts'

const maxShown = 10

/** Says what the service would refuse, by its own rules, but for what it has already. */
export async function tryOut(source: Source, fromLine: number): Promise<string> {
  let good = 0
  let refused = 0
  const shown: string[] = []
  const records = readSource(source, source.file.chunks())
  for await (const part of readParts(records, fromLine)) {
    const { valid, refusals } = judge(part)
    good += valid.length
    refused += refusals.length
    shown.push(...refusals.slice(0, maxShown - shown.length).map(inWords))
  }
  const more = refused > shown.length ? [`  and ${refused - shown.length} more`] : []
  return [
    `Nothing was sent. ${good} record${good === 1 ? '' : 's'} would be, and ${refused} refused.`,
    ...shown,
    ...more,
  ].join('\n')
}

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

const inWords = ({ line, pointer, detail }: Refusal) =>
  `  Line ${line}: ${pointer === '' ? '' : `${pointer.slice(1)} `}${detail}.`
