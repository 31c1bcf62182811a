import { lengthOf } from './format.ts'

/** The limits of `q`. */
const searchLength = { min: 2, max: 100 }

/** What is looked for: nothing, while so little is typed that the service would refuse it. */
export function readSearch(text: string): { q: string | undefined; hint: string } {
  const q = text.trim()
  const length = lengthOf(q)
  if (length > searchLength.max) {
    return { q: undefined, hint: `A search has at most ${searchLength.max} characters.` }
  }
  if (length > 0 && length < searchLength.min) {
    return { q: undefined, hint: 'Type one more character to search.' }
  }
  const hint =
    length === searchLength.min ? 'Two characters find names and emails that begin with them.' : ''
  return { q: q === '' ? undefined : q, hint }
}
