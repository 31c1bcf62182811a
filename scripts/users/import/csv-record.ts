import type { FindRecord, Found } from './records.ts'

/**
 * Finds records as RFC 4180 has them: a cell that begins with a quote may hold line ends. CR ends a line
 * too, and there may be blanks around the quotes of a cell.
 */
export function findCsvRecord(separator: string): FindRecord {
  const cellEnd = new RegExp(`[\\r\\n${separator.replace(/[\\\]^-]/, '\\$&')}]`, 'g')

  return (text, start, isAll) => {
    if (start === text.length) {
      return undefined
    }
    const lineEnd = indexOfMatch(lineEnds, text, start)
    const line = text.slice(start, lineEnd)
    // Most have no quotes at all.
    if (lineEnd + 1 < text.length && !line.includes('"')) {
      return {
        ...empty,
        cells: line.split(separator),
        end: lineEnd + lengthOfLineEnd(text, lineEnd),
      }
    }
    const found: Found = { ...empty, end: start }
    const cells: string[] = []
    for (let at = start; ; at += 1) {
      const open = skipBlanks(text, at, separator)
      const isQuoted = text[open] === '"'
      const close = isQuoted ? closingQuote(text, open) : indexOfMatch(cellEnd, text, at)
      const end = isQuoted && close < text.length ? skipBlanks(text, close + 1, separator) : close
      if (end === text.length && !isAll) {
        return undefined
      }
      if (isQuoted && (close === text.length || !isEndOfCell(text[end], separator))) {
        return { ...found, end: text.length, areQuotesWrong: true }
      }
      const cell = isQuoted ? text.slice(open + 1, close) : text.slice(at, close)
      if (isQuoted && /["\r\n]/.test(cell)) {
        cells.push(cell.replaceAll('""', '"').replaceAll(/\r\n?/g, '\n'))
        found.lines += cell.match(/\r\n?|\n/g)?.length ?? 0
      } else {
        cells.push(cell)
        found.hasBareQuote ||= !isQuoted && cell.includes('"')
      }
      at = end
      if (text[at] !== separator) {
        // Of CR and LF, the second may be still to come.
        const isCut = text[at] === '\r' && at + 1 === text.length && !isAll
        return isCut ? undefined : { ...found, cells, end: at + lengthOfLineEnd(text, at) }
      }
    }
  }
}

const empty: Found = { end: 0, lines: 1, cells: [], hasBareQuote: false, areQuotesWrong: false }

const lineEnds = /[\r\n]/g

/** The end of the text when there is none. */
function indexOfMatch(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start
  return pattern.test(text) ? pattern.lastIndex - 1 : text.length
}

/** Also the no-break space, which editors leave. */
function skipBlanks(text: string, start: number, separator: string): number {
  let at = start
  for (let each = text[at]; each === ' ' || each === '\t' || each === '\u00a0'; each = text[at]) {
    if (each === separator) {
      break
    }
    at += 1
  }
  return at
}

/** The end of the text when there is none. Two quotes inside a cell mean one. */
function closingQuote(text: string, open: number): number {
  let close = text.indexOf('"', open + 1)
  while (close >= 0 && text[close + 1] === '"') {
    close = text.indexOf('"', close + 2)
  }
  return close < 0 ? text.length : close
}

const isEndOfCell = (character: string | undefined, separator: string) =>
  [undefined, '\r', '\n', separator].includes(character)

const lengthOfLineEnd = (text: string, at: number) =>
  at === text.length ? 0 : text.startsWith('\r\n', at) ? 2 : 1
