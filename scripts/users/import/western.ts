/** What Windows-1252 has for the languages of Western Europe, beside ASCII. */
const letters = 'À-ÖØ-öø-ÿŠŒŽšœžŸ'
const signs = '\u00a0€‚„…‘’“”–—™§©«®°´·»ªº¿¡'

/**
 * Other encodings of one byte a character have other letters in the same places, so that nothing proves
 * Windows-1252. But in its languages, accented letters are few and among others. These are the signs of
 * another encoding.
 */
const doubts = [
  // Bytes without a character, and signs of no name: DOS, Mac, Central Europe, East Asia.
  new RegExp(`[^\\0-\\x7f${letters}${signs}]`),
  // A sign inside of a word, but for the apostrophe, the stop of Catalan and the hyphen of double names.
  new RegExp(`(?<=[A-Za-z${letters}])[^\\0-\\x7f${letters}\u00a0’´·–](?=[A-Za-z${letters}])`),
  new RegExp(`(?<=[A-Za-z${letters}])–(?=[a-zß-öø-ÿ])`),
  // Words of such letters: Cyrillic, Greek, Hebrew, Arabic, East Asia.
  /[^\0-\x7f\u00a0’–—…]{3}/,
  // A capital inside of a word of small letters: Mac.
  /[a-z][À-ÖØ-ÞŠŒŽŸ]|[A-Z][À-ÖØ-ÞŠŒŽŸ][a-z]/,
  // Windows-1254 has its Turkish letters where 1252 has these Icelandic ones.
  /[ÐÝÞðýþ]/,
  // Windows-1250: ř before an accented vowel, ő without a Portuguese ending.
  /[øØ][áéíóúÁÉÍÓÚ]|õ(?!e)/,
]

/** Central European in Windows-1252 and 1250; each differs in the letters behind. */
const caron = /[ŠšŽž]/
const otherIn1250 = /[ÀÃÅÆÈÊÌÏÑÒÕØÙÛàãåæèêìïñòõøùûÿ]/

/** Small letters that are ö, û and ú on a Mac; these others are none of a Mac's. */
const macLike = /[šžœ]/
const notOfMac = /[à-öø-ü]/

export type Doubt = { line: number; word: string }

/** The first word that makes it doubtful whether a text was written in Windows-1252, as it was read. */
export async function findDoubtfulWord(texts: AsyncIterable<string>): Promise<Doubt | undefined> {
  let line = 1
  let rest = ''
  const seen = new Map<RegExp, Doubt>()

  for await (const text of texts) {
    const all = rest + text
    const find = (pattern: RegExp): Doubt | undefined => {
      const at = all.search(pattern)
      return at < 0
        ? undefined
        : { line: line + countFeeds(all.slice(0, at)), word: wordAt(all, at) }
    }
    const doubt = doubts.map(find).find((each) => each !== undefined)
    if (doubt) {
      return doubt
    }
    for (const pattern of [caron, otherIn1250, macLike, notOfMac]) {
      const place = seen.has(pattern) ? undefined : find(pattern)
      if (place) {
        seen.set(pattern, place)
      }
    }
    // A word may go on in the next chunk.
    rest = all.slice(-3)
    line += countFeeds(all.slice(0, -3))
  }
  const isCentral = seen.has(caron) && seen.has(otherIn1250)
  return isCentral ? seen.get(otherIn1250) : seen.has(notOfMac) ? undefined : seen.get(macLike)
}

const countFeeds = (text: string) => text.split('\n').length - 1

function wordAt(text: string, at: number): string {
  const [before = ''] = /[^\s,;"]*$/.exec(text.slice(Math.max(0, at - 30), at)) ?? []
  const [behind = ''] = /^[^\s,;"]*/.exec(text.slice(at, at + 30)) ?? []
  return before + behind
}
