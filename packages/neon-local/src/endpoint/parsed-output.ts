import { elementsOf } from './array-text.ts'
import type { ArrayType } from './array-types.ts'
import { numberText } from './json-text.ts'
import { Refusal } from './problem-bodies.ts'

const bool = 16
const integers = new Set([21, 23])
const floats = new Set([700, 701])
const jsons = new Set([114, 3802])
/** int2vector and oidvector: Neon's proxy takes their `1 2` for an array, and trips over it. */
const vectors = new Set([22, 30])

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
  if (vectors.has(typeID)) {
    throw new Refusal(500, 'could not parse postgres response')
  }
  if (typeID === bool) {
    return String(value === 't')
  }
  if (floats.has(typeID)) {
    // JSON has no NaN and no Infinity.
    return Number.isFinite(Number(value)) ? numberText(Number(value)) : JSON.stringify(value)
  }
  return integers.has(typeID) || jsons.has(typeID) ? value : JSON.stringify(value)
}
