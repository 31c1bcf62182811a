import type { DatabaseError } from 'pg'
import type { Cell, Field } from './exchange.ts'
import { Refusal, unreadableAnswer } from './problem-bodies.ts'

/**
 * Answers in another encoding than UTF-8: `pg` puts U+FFFD in the place of what it cannot read, where
 * Neon's proxy gives up. It gives up here as well, with its words: nothing is garbled in silence.
 */
const garbled = '\u{fffd}'

/** A row counts its bytes, so one that says U+FFFD itself can be told from one that was garbled. */
export function refuseGarbledRow(cells: Cell[], length: number, isUtf8: boolean): void {
  const mayBe = cells.some((cell) => cell?.includes(garbled))
  if (mayBe && !(isUtf8 && length === lengthOf(cells))) {
    throw new Refusal(500, 'could not parse postgres response')
  }
}

function lengthOf(cells: Cell[]): number {
  const lengths = cells.map((cell) => 4 + (cell === null ? 0 : Buffer.byteLength(cell)))
  return lengths.reduce((sum, length) => sum + length, 4 + 2)
}

export function refuseGarbledFields(fields: Field[]): void {
  refuseGarbled(fields.map(({ name }) => name))
}

export function refuseGarbledError(error: DatabaseError): void {
  const { message, detail, hint, internalQuery, where } = error
  const { schema, table, column, dataType, constraint } = error
  const names = [schema, table, column, dataType, constraint]
  refuseGarbled([message, detail, hint, internalQuery, where, ...names])
}

function refuseGarbled(texts: (string | undefined)[]): void {
  const text = texts.find((each) => each?.includes(garbled))
  if (text !== undefined) {
    const [valid = ''] = text.split(garbled)
    const index = Buffer.byteLength(valid)
    // How long the sequence was is lost. In the encodings of one byte for each character, it is one.
    const isAtEnd = text.length === valid.length + 1
    throw unreadableAnswer(
      isAtEnd
        ? `incomplete utf-8 byte sequence from index ${index}`
        : `invalid utf-8 sequence of 1 bytes from index ${index}`,
    )
  }
}
