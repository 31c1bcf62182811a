import { ServiceError } from '../errors.ts'

/**
 * The lines with a quote inside a cell that does not begin with one, in order. The parser would take
 * such a quote as it stands, but it may as well be the rest of a cell whose first quote was lost.
 *
 * Throws `malformed-csv` for a cell that begins with a quote and goes on behind its last one: which
 * lines belong to it is then anybody's guess.
 */
export function findBareQuotes(text: string): number[] {
  const lines: number[] = []
  const edge = /[,\n]/g
  let line = 1
  let feed = text.indexOf('\n')
  const lineOf = (at: number) => {
    for (; feed >= 0 && feed < at; feed = text.indexOf('\n', feed + 1)) {
      line += 1
    }
    return line
  }

  for (let open = text.indexOf('"'); open >= 0; ) {
    if (isEdge(text[open - 1])) {
      const close = closingQuote(text, open)
      if (close < 0 || !isEdge(text[close + 1])) {
        throw new ServiceError(
          'malformed-csv',
          `The quotes of line ${lineOf(open)} do not match. Inside of quotes, a quote is written twice.`,
        )
      }
      open = text.indexOf('"', close + 1)
    } else {
      if (lines.at(-1) !== lineOf(open)) {
        lines.push(line)
      }
      edge.lastIndex = open
      open = edge.test(text) ? text.indexOf('"', edge.lastIndex) : -1
    }
  }
  return lines
}

/** Two quotes inside a cell mean one. */
function closingQuote(text: string, open: number): number {
  let close = text.indexOf('"', open + 1)
  while (close >= 0 && text[close + 1] === '"') {
    close = text.indexOf('"', close + 2)
  }
  return close
}

/** Whether this may stand before or after the quotes of a cell. */
const isEdge = (character: string | undefined) =>
  character === undefined || character === ',' || character === '\n'
