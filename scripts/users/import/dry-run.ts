import { judge } from './judge.ts'
import { type Refusal, readParts } from './parts.ts'
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

const inWords = ({ line, pointer, detail }: Refusal) =>
  `  Line ${line}: ${pointer === '' ? '' : `${pointer.slice(1)} `}${detail}.`
