import { existsSync, readFileSync } from 'node:fs'
import { CommandError, exitCodes } from './command.ts'

export type Variables = Readonly<Record<string, string>>

/**
 * Reads a file of variables, such as `.dev.vars`: undefined when there is none. wrangler reads the same
 * file with dotenv, and takes much for something else or for nothing without a word. So only that is read
 * which dotenv reads alike. Throws CommandError for the rest, with no part of a value.
 */
export function readVariables(file: string): Variables | undefined {
  return existsSync(file) ? parseVariables(file, textOf(file)) : undefined
}

/** Throws CommandError. */
export function textOf(file: string): string {
  const bytes = bytesOf(file)
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    if (!/^\uFEFF|\0/.test(text)) {
      return text
    }
  } catch {
    // Another encoding.
  }
  throw refusal(`${file} is not plain UTF-8. Save it as UTF-8 without a byte order mark.`)
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'no file'
    throw refusal(
      `${file} cannot be read (${code}). Make it a file that you may read, or remove it.`,
    )
  }
}

const refusal = (message: string) => new CommandError(message, exitCodes.configuration)

/** Sticky, so that each begins where the one before has ended. */
const blank = /[ \t]*(?:#.*)?(?:\n|$)/y
const assignment =
  /[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=[ \t]*(?:'([^'\\]*(?:\\(?!')[^'\\]*)*)'|"([^"\\]*(?:\\(?!")[^"\\]*)*)"|`([^`\\]*(?:\\(?!`)[^`\\]*)*)`|([^\n#'"`\s](?:[^\n#]*[^\n#\s])?)?)(?:[ \t]+#.*|[ \t]*)(?:\n|$)/y

/** `name` is that of the file. Throws CommandError. */
export function parseVariables(name: string, whole: string): Variables {
  const text = whole.replaceAll(/\r\n?/g, '\n')
  const variables: Record<string, string> = {}
  for (let at = 0; at < text.length; ) {
    blank.lastIndex = at
    assignment.lastIndex = at
    if (blank.test(text)) {
      at = blank.lastIndex
      continue
    }
    const match = assignment.exec(text)
    const line = text.slice(0, at).split('\n').length
    const [part] = text.slice(at).split('\n', 1)
    const reason = faultOf(match?.[0] ?? part ?? '', match !== null)
    if (!match || reason !== undefined) {
      throw refusal(
        `Line ${line} of ${name} ${reason}. Write NAME="value", or NAME='value' around double quotes.`,
      )
    }
    const [, variable = '', single, double, backtick, bare = ''] = match
    variables[variable] =
      double?.replaceAll('\\n', '\n').replaceAll('\\r', '\r') ?? single ?? backtick ?? bare
    at = assignment.lastIndex
  }
  return variables
}

/** Characters that look like a space or like nothing, and so come with what is copied. */
const unseen =
  /[\u0080-\u00A0\u00AD\u1680\u2000-\u200F\u2028-\u202F\u205F-\u2064\u3000\uFEFF]|(?![\t\n])\p{Cc}/u

function faultOf(text: string, isAssignment: boolean): string | undefined {
  const [character] = unseen.exec(text) ?? []
  if (character !== undefined) {
    const code = character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')
    return `has a character that nobody sees, U+${code}`
  }
  if (/=\s*[\u2018-\u201F\u00AB\u00BB]/.test(text)) {
    return 'has typographic quotes, which no program takes for quotes'
  }
  if (isAssignment) {
    return undefined
  }
  if (/^\s*(?:export\s+)?[\w.-]+\s*:/.test(text)) {
    return 'has a colon behind its name'
  }
  if (!/^\s*(?:export\s+)?[\w.-]+\s*=/.test(text)) {
    return 'is no assignment'
  }
  return /=\s*['"`]/.test(text)
    ? 'has quotes that are not closed, hold a quote of their own kind, or have something behind them'
    : 'has a # in its value, which begins a comment unless it stands in quotes'
}
