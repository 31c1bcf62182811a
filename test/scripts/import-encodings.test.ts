import { describe, expect } from 'vitest'
import { outcomeOf, test, usersOf } from '../support/import-source.ts'

const joerg = 'name,email\r\nJörg,joerg@example.com\r\n'

const utf16le = (text: string) => Buffer.from(text, 'utf16le')
const utf16be = (text: string) => utf16le(text).swap16()

describe('the encoding of a file of users', () => {
  test.for<[name: string, content: Buffer]>([
    ['UTF-8', Buffer.from(joerg)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${joerg}`)],
    ['UTF-16 (little-endian) with a byte order mark', utf16le(`\ufeff${joerg}`)],
    ['UTF-16 (big-endian) with a byte order mark', utf16be(`\ufeff${joerg}`)],
    ['UTF-16 (little-endian)', utf16le(joerg)],
    ['UTF-16 (big-endian)', utf16be(joerg)],
    ['Windows-1252', Buffer.from(joerg, 'latin1')],
  ])('is read in %s', async ([encoding, content], { directory }) => {
    expect(await usersOf(directory, content)).toEqual({
      encoding,
      separator: ',',
      found: ['Jörg <joerg@example.com>'],
    })
  })

  test('is read in an encoding that --encoding names, unless a byte order mark says better', async ({
    directory,
  }) => {
    const content = Buffer.from([
      ...Buffer.from('name,email\nDvo'),
      0xf8,
      0xe1,
      ...Buffer.from('k,d@example.com'),
    ])
    const encoding = 'windows-1250'

    const guessed = await outcomeOf(directory, content)
    const told = await usersOf(directory, content, { encoding })
    const marked = await usersOf(directory, `\ufeff${joerg}`, { encoding })

    expect(guessed).toMatch(
      /nor surely in Windows-1252, in which line 2 has "Dvoøák"\..* --encoding/,
    )
    expect(told.found).toEqual(['Dvořák <d@example.com>'])
    expect(marked.found).toEqual(['Jörg <joerg@example.com>'])
  })

  test.for<[what: string, content: string | Buffer, sentence: RegExp]>([
    ['an Excel workbook', Buffer.from('PK\x03\x04\x14\0'), /is an Excel workbook .* "CSV UTF-8/],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), /is in UTF-32/],
    ['zero bytes', 'name,email\nA\0,a@example.com', /is no text: line 2 holds a zero byte/],
    [
      'half of a UTF-16 character',
      utf16le('\ufeffname,email\nA,a@b.cd').subarray(0, -1),
      /^Line 2 of .* is not in UTF-16/,
    ],
    [
      'UTF-8 and then something else',
      Buffer.concat([Buffer.from(`\ufeff${joerg}`), Buffer.from([0xf6])]),
      /^Line 3 of .* is not in UTF-8/,
    ],
  ])('with %s is refused with the mend', async ([, content, sentence], { directory }) => {
    expect(await outcomeOf(directory, content)).toMatch(sentence)
  })

  test.for<[text: string, encoding: string]>([
    ['Привет', 'windows-1251'],
    ['Αλέξης', 'windows-1253'],
    ['Łukasz', 'windows-1250'],
    ['Jiří', 'windows-1250'],
    ['Šimon Dvořáček', 'windows-1250'],
    ['Yıldız', 'windows-1254'],
    ['Müller', 'macintosh'],
    ['Jörg', 'macintosh'],
    ['José', 'macintosh'],
    ['Nuñez', 'macintosh'],
    ['François', 'macintosh'],
    ['Müller', 'cp850'],
    ['Jörg', 'cp850'],
    ['Zoë', 'cp850'],
    ['田中太郎', 'shift_jis'],
    ['王伟', 'gbk'],
    ['김철수', 'euc-kr'],
  ])('is not taken for Windows-1252 with %s in %s', async ([text, encoding], { directory }) => {
    const content = Buffer.from(`name,email\n${encoded(text, encoding)},a@example.com\n`, 'latin1')

    expect(await outcomeOf(directory, content)).toMatch(
      /nor surely in Windows-1252, in which line 2/,
    )
  })

  test.for([
    'Zoë O’Brien',
    'Jörg Müller-Lüdenscheidt',
    'Hélène Lefèvre',
    'José Núñez',
    'João Simões',
    'Åsa Øster',
    'Åse Sørensen',
    'Größe',
    'MÜLLER',
    'Èva D’Angiò',
    '“Zoé” – Élan',
    'Gal·la Martí',
    'Œuvrard, Cœur é',
  ])('is taken for Windows-1252 with %s', async (name, { directory }) => {
    const bytes = encoded(name, 'windows-1252')
    const content = Buffer.from(`name;email\n${bytes};a@example.com\n`, 'latin1')

    expect(await outcomeOf(directory, content)).toBe(`read: ${name} <a@example.com>`)
  })
})

/** As one character a byte. Encodings of which Node only reads are looked up in what it reads. */
function encoded(text: string, encoding: string): string {
  if (encoding === 'cp850') {
    const table: Record<string, number> = { ü: 0x81, ö: 0x94, ë: 0x89 }
    return text.replace(/[^\0-\x7f]/g, (each) => String.fromCharCode(table[each] ?? 0))
  }
  const decoder = new TextDecoder(encoding)
  return [...text].map((each) => (each < '\x80' ? each : bytesOf(each, decoder))).join('')
}

function bytesOf(character: string, decoder: TextDecoder): string {
  for (let first = 0x80; first < 0x100; first += 1) {
    if (decoder.decode(Uint8Array.of(first)) === character) {
      return String.fromCharCode(first)
    }
  }
  for (let code = 0x8140; code < 0x10000; code += 1) {
    if (decoder.decode(Uint8Array.of(code >> 8, code & 0xff)) === character) {
      return String.fromCharCode(code >> 8, code & 0xff)
    }
  }
  throw new Error(`There is no ${character} in ${decoder.encoding}.`)
}
