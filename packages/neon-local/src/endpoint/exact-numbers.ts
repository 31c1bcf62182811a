import { randomUUID } from 'node:crypto'
import { endOfString } from './duplicate-keys.ts'

type Reviver<T> = (key: string, value: T, source: string | undefined) => T

type Context = { source?: string }

const givesSource =
  JSON.parse('1', (_key: string, _value: unknown, context?: Context) => context?.source) === '1'

/** Nobody who sends a body knows it. */
const mark = randomUUID()

const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y

/** JSON.parse that tells the reviver how each number was written, as that of Node 20 does not. */
export function parseWithSources<T>(text: string, revive: Reviver<T>, isNative = givesSource): T {
  if (isNative) {
    return JSON.parse(text, (key: string, value: T, context?: Context) =>
      revive(key, value, context?.source),
    )
  }
  return JSON.parse(markNumbers(text), (key, value) => {
    if (typeof value === 'string' && value.startsWith(mark)) {
      const source = value.slice(mark.length)
      return revive(key, JSON.parse(source), source)
    }
    return revive(key, value, undefined)
  })
}

/** Every number as a string that begins with the mark. The text must be valid JSON. */
function markNumbers(text: string): string {
  let marked = ''
  let copied = 0
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '"') {
      index = endOfString(text, index) - 1
      continue
    }
    number.lastIndex = index
    const [source] = number.exec(text) ?? []
    if (source !== undefined) {
      marked += `${text.slice(copied, index)}"${mark}${source}"`
      copied = index + source.length
      index = copied - 1
    }
  }
  return marked + text.slice(copied)
}
