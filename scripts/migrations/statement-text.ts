import { splitStatements, tokensOf } from './split-statements.ts'

/** The words of a statement, in lower case, with nothing in its texts and one space between words. */
export const codeOf = (statement: string): string =>
  [...tokensOf(statement)]
    .map((token) => (isComment(token) ? ' ' : isText(token) ? "''" : token.toLowerCase()))
    .join('')
    .replaceAll(/\s+/g, ' ')
    .trim()

/**
 * The statements that run inside of a `do`: those of its body, and those that it executes as texts, as
 * far as they can be read. PL/pgSQL's own words may stand before each.
 */
export function hiddenIn(statement: string): string[] {
  if (!/^do\b|\bexecute\b/.test(codeOf(statement))) {
    return []
  }
  const texts = [...tokensOf(statement)].filter(isText).map(unquoted)
  const inner = texts.flatMap(splitStatements)
  return inner.flatMap((each) => [each, ...hiddenIn(each)])
}

const isComment = (token: string) => token.startsWith('--') || token.startsWith('/*')

const isText = (token: string) => /^(?:e?'|\$(?!\d))/i.test(token) && token.length > 1

/** What stands between the quotes. */
const unquoted = (text: string) =>
  text.startsWith('$')
    ? text.replace(/^(\$[^$]*\$)([\s\S]*?)(?:\1)?$/, '$2')
    : text.replace(/^e?'([\s\S]*?)'?$/i, '$1').replaceAll("''", "'")
