/** JSON as Neon's proxy holds it: an integer keeps every digit up to 64 bits, hence the bigint. */
export type Json = null | boolean | number | bigint | string | Json[] | { [key: string]: Json }

/** JSON text as Neon's proxy writes it (serde_json): keys sorted, and numbers in its own form. */
export function jsonText(value: Json): string {
  if (typeof value === 'number') {
    return numberText(value)
  }
  if (value === null || typeof value === 'bigint' || typeof value === 'boolean') {
    return String(value)
  }
  if (typeof value === 'string') {
    return JSON.stringify(value)
  }
  if (Array.isArray(value)) {
    return `[${value.map(jsonText).join(',')}]`
  }
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${jsonText(value[key] ?? null)}`).join(',')}}`
}

/** The source of a number in JSON: an integer of 64 bits, signed or not, or else a double. */
export function readNumber(source: string): number | bigint {
  if (/^-?\d+$/.test(source) && source !== '-0') {
    const integer = BigInt(source)
    if (BigInt.asUintN(64, integer) === integer || BigInt.asIntN(64, integer) === integer) {
      return integer
    }
  }
  return Number(source)
}

/** A double never looks like an integer there: `1.0`, and `100.0` for `1e2`. */
export function numberText(value: number): string {
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  const power = Number(exponent)
  if (power >= 16 || power < -5) {
    return `${digits}e${power}`
  }
  const text = String(value)
  return Number.isInteger(value) ? `${Object.is(value, -0) ? '-0' : text}.0` : text
}
