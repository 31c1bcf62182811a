import { stripVTControlCharacters } from 'node:util'
import { CommandError } from './command.ts'

/** What a reader of one form takes, such as a schema of zod's. */
type Form<T> = { parse(value: unknown): T }

/**
 * Reads the JSON that a program has printed or written, also behind other lines. `source` names it.
 * Throws CommandError, which says what came instead.
 */
export function readChildJson<T>(source: string, form: Form<T>, text: string): T {
  for (const candidate of [text, ...blocksOf(text)]) {
    try {
      return form.parse(JSON.parse(candidate))
    } catch {
      // The next one may be it.
    }
  }
  throw new CommandError(`${source} gave no JSON as it should, but ${excerptOf(text)}`)
}

/** From each line that begins like JSON to the last that ends like it. */
const blocksOf = (text: string): string[] => {
  const end = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']')) + 1
  return [...text.matchAll(/^[[{]/gm)].map(({ index }) => text.slice(index, end))
}

const maxLength = 300

/** What is as long as a token is not shown. */
function excerptOf(text: string): string {
  const said = stripVTControlCharacters(text)
    .trim()
    .replaceAll(/[\w.+/=-]{24,}/g, '…')
  const cut = said.length > maxLength ? `${said.slice(0, maxLength)}…` : said
  return said === '' ? 'nothing.' : `this:\n${cut}`
}
