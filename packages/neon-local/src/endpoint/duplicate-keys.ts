/** In the order in which an array may hold their values. */
export const queryKeys = ['query', 'params', 'arrayMode']

export type RepeatedKeys = { inQuery: boolean; inBatch: boolean }

/**
 * Says whether a key that Neon knows stands twice: in the single query, or in the batch or one of
 * its queries. JSON.parse silently keeps the last one; hosted Neon refuses the body.
 *
 * The text must be valid JSON.
 */
export function findRepeatedKeys(text: string): RepeatedKeys {
  const repeated = { inQuery: false, inBatch: false }
  /** The keys so far of every open object; null for an open array. */
  const open: (Set<string> | null)[] = []
  let topKey = ''
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]
    if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : null)
    } else if (character === '}' || character === ']') {
      open.pop()
    } else if (character === '"') {
      const end = endOfString(text, index)
      const keys = open.at(-1)
      if (keys && isFollowedByColon(text, end)) {
        const key: string = JSON.parse(text.slice(index, end))
        const isRepeated = keys.has(key)
        keys.add(key)
        if (open.length === 1) {
          topKey = key
          repeated.inQuery ||= isRepeated && queryKeys.includes(key)
          repeated.inBatch ||= isRepeated && key === 'queries'
        } else if (open.length === 3 && open[1] === null && (!open[0] || topKey === 'queries')) {
          repeated.inBatch ||= isRepeated && queryKeys.includes(key)
        }
      }
      index = end - 1
    }
  }
  return repeated
}

/** Where the text goes on behind the string that begins at `start`. */
export function endOfString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1)
  while (isEscaped(text, quote)) {
    quote = text.indexOf('"', quote + 1)
  }
  return quote + 1
}

function isEscaped(text: string, quote: number): boolean {
  let backslashes = 0
  while (text[quote - 1 - backslashes] === '\\') {
    backslashes += 1
  }
  return backslashes % 2 === 1
}

function isFollowedByColon(text: string, index: number): boolean {
  let next = index
  while (' \t\r\n'.includes(text[next] ?? ':')) {
    next += 1
  }
  return text[next] === ':'
}
