import type { ArrayType } from './array-types.ts'
import type { Cell, Field, Receiver } from './exchange.ts'
import { parsedText } from './parsed-output.ts'
import { Refusal } from './problem-bodies.ts'

/** Half of what a string of JavaScript can hold. */
const maxRowBytes = 256 * 1024 * 1024

export type OutputMode = { raw: boolean; arrayMode: boolean }

/** How much an answer holds, and may hold. One budget serves all results of a batch. */
export type Budget = { readonly maxBytes: number; bytes: number }

export type ResultText = Receiver & {
  /** The JSON of the result, once its command tag is known. */
  finish(tag: string): string
}

/**
 * Writes a result as JSON while it arrives. A row is refused when what came before it is over the
 * budget, so a cross join of millions of rows costs no memory. As hosted, the last row may go over.
 */
export function writeResult(
  mode: OutputMode,
  budget: Budget,
  arrayTypes: ReadonlyMap<number, ArrayType | undefined>,
): ResultText {
  let start = startOf([])
  let rows = ''
  let bytes = start.length
  let rowText: (cells: Cell[]) => string = JSON.stringify
  const tooLarge = () => new Refusal(507, `response is too large (max is ${budget.maxBytes} bytes)`)
  const writeRow = (cells: Cell[]) => {
    try {
      return rows === '' ? rowText(cells) : `,${rowText(cells)}`
    } catch (error) {
      // Escaped, a character can become six: more than a string holds.
      throw error instanceof RangeError ? tooLarge() : error
    }
  }
  return {
    fields(fields) {
      start = startOf(fields)
      bytes = Buffer.byteLength(start)
      rowText = rowWriter(mode, fields, arrayTypes)
    },
    row(cells) {
      if (budget.bytes + bytes > budget.maxBytes) {
        throw tooLarge()
      }
      const text = writeRow(cells)
      bytes += Buffer.byteLength(text)
      rows += text
    },
    partOfRow(size) {
      if (size > maxRowBytes) {
        throw tooLarge()
      }
    },
    finish(tag) {
      const [command = '', ...counts] = tag.split(' ')
      // INSERT says an OID first, which has been 0 for ages.
      const count = Number(counts[command === 'INSERT' ? 1 : 0])
      const end =
        `],"command":${JSON.stringify(command)},` +
        `"rowCount":${Number.isInteger(count) ? count : null},"rowAsArray":${mode.arrayMode}}`
      budget.bytes += bytes + end.length
      return start + rows + end
    },
  }
}

function rowWriter(
  { raw, arrayMode }: OutputMode,
  fields: Field[],
  arrayTypes: ReadonlyMap<number, ArrayType | undefined>,
): (cells: Cell[]) => string {
  if (raw && arrayMode) {
    return JSON.stringify
  }
  const cellText = (cell: Cell, index: number) => {
    const typeID = fields[index]?.dataTypeID ?? 0
    return cell === null || raw ? JSON.stringify(cell) : parsedText(cell, typeID, arrayTypes)
  }
  if (arrayMode) {
    return (cells) => `[${cells.map(cellText).join(',')}]`
  }
  // Two columns of one name give two keys of one name, as hosted Neon sends them.
  const keys = fields.map(({ name }) => JSON.stringify(name))
  return (cells) => `{${cells.map((cell, i) => `${keys[i]}:${cellText(cell, i)}`).join(',')}}`
}

/** Up to the first row. */
function startOf(fields: Field[]): string {
  const described = fields.map(
    ({ name, dataTypeID, tableID, columnID, dataTypeSize, dataTypeModifier }) => ({
      name,
      dataTypeID,
      tableID,
      columnID,
      dataTypeSize,
      dataTypeModifier,
      format: 'text',
    }),
  )
  return `{"fields":${JSON.stringify(described)},"rows":[`
}
