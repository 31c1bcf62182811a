import { CommandError } from '../../command/command-error.ts'
import { shown } from './shown.ts'
import { findDoubtfulWord } from './western.ts'

/** A file that can be read as often as one likes, from its beginning. */
export type SourceFile = { name: string; chunks(): AsyncIterable<Uint8Array> }

export type Encoding = {
  /** Of the Encoding Standard, such as `windows-1252`. */
  label: string
  hasMark: boolean
}

/** `label` as the Encoding Standard has it. Throws TypeError. */
export function readEncoding(label: string): string {
  try {
    return new TextDecoder(label, { fatal: true }).encoding
  } catch {
    throw new TypeError(
      '--encoding must name an encoding, such as utf-8, utf-16le, windows-1252 or shift_jis.',
    )
  }
}

const names = new Map([
  ['utf-8', 'UTF-8'],
  ['utf-16le', 'UTF-16 (little-endian)'],
  ['utf-16be', 'UTF-16 (big-endian)'],
  ['windows-1252', 'Windows-1252'],
])

export const encodingName = ({ label, hasMark }: Encoding): string =>
  `${names.get(label) ?? label}${hasMark ? ' with a byte order mark' : ''}`

/** Throws TypeError where the bytes are no text in this encoding. */
export async function* decode(
  chunks: AsyncIterable<Uint8Array>,
  { label }: Encoding,
): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder(label, { fatal: true })
  for await (const chunk of chunks) {
    yield decoder.decode(chunk, { stream: true })
  }
  yield decoder.decode()
}

/**
 * Reads the whole file, so that nothing is sent of one whose last line is in another encoding. A byte
 * order mark decides before `given` does: it cannot be there by chance. Throws CommandError.
 */
export async function findEncoding(file: SourceFile, given: string | undefined): Promise<Encoding> {
  const { name } = file
  const head = await readHead(file)
  const sign = signs.find(({ bytes }) => bytes.every((byte, at) => head[at] === byte))
  if (sign?.what) {
    throw new CommandError(`${name} is ${sign.what}, and no text. ${howToSave}`)
  }
  const label = sign?.label ?? given ?? guessUtf16(head)
  const encoding = { label: label ?? 'utf-8', hasMark: sign !== undefined }
  const wrong = await findUnreadableLine(file, encoding)
  if (!wrong) {
    return encoding
  }
  if (wrong.isBinary) {
    throw new CommandError(`${name} is no text: line ${wrong.line} holds a zero byte. ${howToSave}`)
  }
  if (label) {
    throw new CommandError(
      `Line ${wrong.line} of ${name} is not in ${encodingName(encoding)}. ${howToSave}`,
    )
  }
  const western = { label: 'windows-1252', hasMark: false }
  const doubt = await findDoubtfulWord(decode(file.chunks(), western))
  if (doubt) {
    throw new CommandError(
      `${name} is not in UTF-8, nor surely in Windows-1252, in which line ${doubt.line} has ` +
        `"${shown(doubt.word)}". ${howToSave} Or say what it is in with --encoding, such as ` +
        '--encoding windows-1252, windows-1250, windows-1251, macintosh or shift_jis.',
    )
  }
  return western
}

const howToSave = 'Save it as UTF-8: Excel calls it "CSV UTF-8 (Comma delimited)".'

type Sign = { bytes: readonly number[]; label?: string; what?: string }

/** How files begin. UTF-32 begins as UTF-16 does, and goes on with zeros. */
const signs: readonly Sign[] = [
  { bytes: [0xef, 0xbb, 0xbf], label: 'utf-8' },
  { bytes: [0xff, 0xfe, 0, 0], what: 'in UTF-32' },
  { bytes: [0xff, 0xfe], label: 'utf-16le' },
  { bytes: [0xfe, 0xff], label: 'utf-16be' },
  { bytes: [0x50, 0x4b, 3, 4], what: 'an Excel workbook or another zip archive' },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], what: 'an old Excel workbook' },
  { bytes: [0x1f, 0x8b], what: 'packed with gzip' },
]

/** A header or a record begins with ASCII, which in UTF-16 stands beside a zero. */
function guessUtf16([first, second]: readonly number[]): string | undefined {
  if (first && second === 0) {
    return 'utf-16le'
  }
  return first === 0 && second ? 'utf-16be' : undefined
}

async function readHead(file: SourceFile): Promise<readonly number[]> {
  const head: number[] = []
  for await (const chunk of file.chunks()) {
    head.push(...chunk.subarray(0, 4))
    if (head.length >= 4) {
      break
    }
  }
  return head
}

/** The first line that is no text in this encoding: no text holds U+0000. */
async function findUnreadableLine(
  file: SourceFile,
  { label }: Encoding,
): Promise<{ line: number; isBinary: boolean } | undefined> {
  const decoder = new TextDecoder(label, { fatal: true })
  let line = 1

  for await (const chunk of withEnd(file.chunks())) {
    const { text, isWhole } = decodeChunk(decoder, chunk)
    const at = text.search(isWhole ? /\0/ : /[\0\ufffd]/)
    if (!isWhole || at >= 0) {
      const before = text.slice(0, Math.max(at, 0))
      return { line: line + countFeeds(before), isBinary: text[at] === '\0' }
    }
    line += countFeeds(text)
  }
  return undefined
}

function decodeChunk(decoder: TextDecoder, chunk: Uint8Array | undefined) {
  try {
    return { text: decoder.decode(chunk, { stream: chunk !== undefined }), isWhole: true }
  } catch {
    return { text: new TextDecoder(decoder.encoding).decode(chunk), isWhole: false }
  }
}

async function* withEnd<Chunk>(chunks: AsyncIterable<Chunk>): AsyncGenerator<Chunk | undefined> {
  yield* chunks
  yield undefined
}

const countFeeds = (text: string) => text.split('\n').length - 1
