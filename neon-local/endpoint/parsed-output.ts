import { elementsOf } from './array-text.ts'
import type { ArrayType } from './array-types.ts'

const bool = 16
const integers = new Set([21, 23])
const floats = new Set([700, 701])
const jsons = new Set([114, 3802])

/**
 * A value as JSON, for a client that did not ask for raw text. Only what every JSON reader holds
 * exactly becomes a number: int8 and numeric stay strings, and so do dates and all else.
 */
export function parsedText(
  value: string,
  typeID: number,
  arrayTypes: ReadonlyMap<number, ArrayType | undefined>,
): string {
  const arrayType = arrayTypes.get(typeID)
  if (arrayType) {
    const { elementTypeID, delimiter } = arrayType
    return elementsOf(value, delimiter, (element) => parsedText(element, elementTypeID, arrayTypes))
  }
  if (typeID === bool) {
    return String(value === 't')
  }
  // JSON has no NaN and no Infinity.
  const isNumber = integers.has(typeID) || (floats.has(typeID) && Number.isFinite(Number(value)))
  return isNumber || jsons.has(typeID) ? value : JSON.stringify(value)
}
