import { CommandError } from '../../../scripts/command/command-error.ts'
import { findEncoding, type SourceFile } from '../../../scripts/users/import/encoding.ts'
import { judge } from '../../../scripts/users/import/judge.ts'
import { readLayout, separators } from '../../../scripts/users/import/layout.ts'
import { type Refusal, readParts } from '../../../scripts/users/import/parts.ts'
import { openSource, readSource, type Source } from '../../../scripts/users/import/source.ts'
import type { NewUser } from '../../../src/users/input.ts'

/** What the reader says of a file; empty where the file is to tell. Columns as `#1`, or `#1+#2`. */
export type Choices = { encoding: string; separator: string; name: string; email: string }
export const noChoices: Choices = { encoding: '', separator: '', name: '', email: '' }

/** How a file was read, and what would become of it. */
export type Understood = {
  source: Source
  header: readonly string[]
  records: number
  valid: number
  examples: readonly NewUser[]
  refused: number
  refusals: readonly Refusal[]
}

const most = { examples: 5, refusals: 200 }
const headBytes = 2 ** 20

const isCsv = (name: string) => !/\.(?:ndjson|jsonl)$/i.test(name)

/** Reads all of it, and sends nothing. Throws CommandError where it cannot be known how to read it. */
export async function understand(
  file: SourceFile,
  choices: Choices,
  signal: AbortSignal,
): Promise<Understood> {
  const source = await openSource(file, {
    format: isCsv(file.name) ? 'csv' : 'ndjson',
    encoding: choices.encoding || undefined,
    separator: choices.separator || undefined,
    map: {
      ...(choices.name && { name: choices.name }),
      ...(choices.email && { email: choices.email }),
    },
  })
  const examples: NewUser[] = []
  const refusals: Refusal[] = []
  let [valid, refused] = [0, 0]

  for await (const part of readParts(readSource(source, file.chunks()), 1)) {
    signal.throwIfAborted()
    const judged = judge(part)
    valid += judged.valid.length
    refused += judged.refusals.length
    examples.push(...judged.valid.slice(0, most.examples - examples.length))
    refusals.push(...judged.refusals.slice(0, most.refusals - refusals.length))
  }
  const header = source.layout?.header ?? []
  return { source, header, records: valid + refused, valid, examples, refused, refusals }
}

/** The columns of a file that is not understood, so that one can say which is which. */
export async function headerOf(file: SourceFile, choices: Choices): Promise<readonly string[]> {
  const some: SourceFile = { ...file, chunks: () => firstBytes(file) }
  const encoding = await findEncoding(some, choices.encoding || undefined).catch(() => undefined)
  if (!encoding || !isCsv(file.name)) {
    return []
  }
  const decoder = new TextDecoder(encoding.label)
  let head = ''
  for await (const chunk of firstBytes(file)) {
    head += decoder.decode(chunk, { stream: true })
  }
  const tried = choices.separator ? [choices.separator] : separators.values()
  const headers = [...tried].map((separator) => {
    try {
      return readLayout(file.name, head, { separator, map: { name: '#1', email: '#1' } }).header
    } catch {
      return []
    }
  })
  return headers.toSorted((one, other) => other.length - one.length)[0] ?? []
}

async function* firstBytes(file: SourceFile): AsyncGenerator<Uint8Array, undefined> {
  let bytes = 0
  for await (const chunk of file.chunks()) {
    yield chunk
    bytes += chunk.length
    if (bytes >= headBytes) {
      return
    }
  }
}

/** Why a file is not understood, without what would be typed at a terminal. */
export function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof CommandError)) {
    return undefined
  }
  return error.message
    .split(/(?<=[.:]) (?=[A-Z])/)
    .filter((part) => !part.includes('--') && !part.startsWith('The columns are '))
    .join(' ')
}
