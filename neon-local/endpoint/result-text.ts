import type { ArrayType } from './array-types.ts'
import type { Cell, Field, Receiver } from './exchange.ts'
import { parsedText } from './parsed-output.ts'
import { Refusal } from './problem-bodies.ts'

/** More than PostgreSQL wraps around the values of one row, or says before the first. */
const framingBytes = 1024 * 1024

export type OutputMode = { raw: boolean; arrayMode: boolean }

/** How much an answer may still hold. One budget serves all results of a batch. */
export type Budget = { readonly maxBytes: number; leftBytes: number }

export type ResultText = Receiver & {
  /** The JSON of the result, once its command tag is known. */
  finish(tag: string): string
}

/**
 * Writes a result as JSON while it arrives. A row that goes over the budget is refused before it is
 * kept, so a cross join of millions of rows costs no memory.
 */
export function writeResult(
  mode: OutputMode,
  budget: Budget,
  arrayTypes: ReadonlyMap<number, ArrayType | undefined>,
): ResultText {
  let fields: Field[] = []
  let rowText: (cells: Cell[]) => string = JSON.stringify
  let rows = ''
  const tooLarge = () => new Refusal(507, `response is too large (max is ${budget.maxBytes} bytes)`)
  return {
    fields(described) {
      fields = described
      rowText = rowWriter(mode, fields, arrayTypes)
    },
    row(cells) {
      const text = rowText(cells)
      budget.leftBytes -= Buffer.byteLength(text) + 1
      if (budget.leftBytes < 0) {
        throw tooLarge()
      }
      rows += rows === '' ? text : `,${text}`
    },
    partOfRow(bytes) {
      if (bytes > budget.maxBytes + framingBytes) {
        throw tooLarge()
      }
    },
    finish(tag) {
      const [command = '', ...counts] = tag.split(' ')
      // INSERT says an OID first, which has been 0 for ages.
      const count = Number(counts[command === 'INSERT' ? 1 : 0])
      return (
        `{"fields":${fieldsText(fields)},"rows":[${rows}],"command":${JSON.stringify(command)},` +
        `"rowCount":${Number.isInteger(count) ? count : null},"rowAsArray":${mode.arrayMode}}`
      )
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

function fieldsText(fields: Field[]): string {
  return JSON.stringify(
    fields.map(({ name, dataTypeID, tableID, columnID, dataTypeSize, dataTypeModifier }) => ({
      name,
      dataTypeID,
      tableID,
      columnID,
      dataTypeSize,
      dataTypeModifier,
      format: 'text',
    })),
  )
}
