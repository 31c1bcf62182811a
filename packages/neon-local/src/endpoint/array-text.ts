/**
 * Turns the text of a PostgreSQL array into a JSON array. The bounds of `[0:1]={1,2}` are dropped:
 * JSON has no place for them. See "Array Input and Output Syntax" in PostgreSQL's manual.
 */
export function elementsOf(
  text: string,
  delimiter: string,
  elementText: (element: string) => string,
): string {
  let result = ''
  let index = text.startsWith('[') ? text.indexOf('=') + 1 : 0
  while (index < text.length) {
    const character = text[index]
    if (character === '{' || character === '}') {
      result += character === '{' ? '[' : ']'
      index += 1
    } else if (character === delimiter) {
      result += ','
      index += 1
    } else if (character === '"') {
      const end = endOfQuoted(text, index)
      result += elementText(text.slice(index + 1, end - 1).replace(/\\(.)/gs, '$1'))
      index = end
    } else {
      const end = endOfBare(text, index, delimiter)
      const element = text.slice(index, end)
      result += element === 'NULL' ? 'null' : elementText(element)
      index = end
    }
  }
  return result
}

function endOfQuoted(text: string, start: number): number {
  let index = start + 1
  while (index < text.length && text[index] !== '"') {
    index += text[index] === '\\' ? 2 : 1
  }
  return index + 1
}

function endOfBare(text: string, start: number, delimiter: string): number {
  let index = start
  while (index < text.length && text[index] !== '}' && text[index] !== delimiter) {
    index += 1
  }
  return index
}
