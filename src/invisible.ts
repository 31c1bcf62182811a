/** White space other than the ordinary space, and what is drawn as nothing. */
const invisible = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]|(?! )\p{Z}/u

/** The first invisible character of a text, as people look it up: `U+200B`. */
export function findInvisible(text: string): string | undefined {
  const [character] = invisible.exec(text) ?? []
  return character && codePointName(character)
}

export const codePointName = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
