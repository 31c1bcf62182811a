import fc from 'fast-check'

/**
 * Any code point but half of a surrogate pair, as the unit `binary` of fast-check is. Of that, the first
 * string takes two seconds: it fills a table with all million.
 */
export const anyCharacter = fc
  .nat({ max: 0x10_ff_ff })
  .map((code) => String.fromCodePoint(code))
  .filter((character) => character.isWellFormed())
