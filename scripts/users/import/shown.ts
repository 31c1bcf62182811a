import { codePointName } from '../../../src/invisible.ts'

const unseen = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]|(?! )\p{Z}/gu
const maxLength = 60

/** What stands in a file, for a terminal: with names for what is not seen, or would steer it. */
export function shown(text: string): string {
  const visible = text.slice(0, maxLength).replace(unseen, (each) => `<${codePointName(each)}>`)
  return text.length > maxLength ? `${visible}…` : visible
}
