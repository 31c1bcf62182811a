import { describe, expect, test } from 'vitest'
import type { SourceFile } from '../../scripts/users/import/encoding.ts'
import {
  type Choices,
  headerOf,
  noChoices,
  reasonOf,
  understand,
} from '../../site/console/import/read-file.ts'
import { nothingSent, refusedFile, refusedName } from '../../site/console/import/send-file.ts'

const fileOf = (text: string, name = 'people.csv'): SourceFile => ({
  name,
  async *chunks() {
    yield new TextEncoder().encode(text)
  },
})

const read = (file: SourceFile, choices: Partial<Choices> = {}) =>
  understand(file, { ...noChoices, ...choices }, new AbortController().signal)

const german =
  'Vorname;Nachname;E-Mail\r\nJörg;Müller;joerg@example.com\r\nAda;;ada@example.com.\r\n'

describe('a file in the console', () => {
  test('is understood before anything is sent', async () => {
    const understood = await read(fileOf(german))

    expect(understood).toMatchObject({
      source: { encoding: { label: 'utf-8' }, layout: { separator: ';' } },
      records: 2,
      valid: 1,
      refused: 1,
      examples: [{ name: 'Jörg Müller', email: 'joerg@example.com' }],
      refusals: [{ line: 3, pointer: '/email', detail: 'must not end with a dot' }],
    })
  })

  test('of NDJSON is too', async () => {
    const line = JSON.stringify({ name: 'Ada', email: 'ada@example.com' })

    expect(await read(fileOf(`${line}\n{}\n`, 'users.ndjson'))).toMatchObject({
      valid: 1,
      refused: 1,
    })
  })

  test('whose columns are not clear says so, and is read as one chooses', async () => {
    const file = fileOf('Prénom,Nom,Courriel\nZoé,Martin,zoe@example.com\n')

    const error = await read(file).catch((reason: unknown) => reason)
    const chosen = await read(file, { name: '#1+#2', email: '#3' })

    expect(reasonOf(error)).toMatch(/^The header of people\.csv, on line 1, is not clear\./)
    expect(reasonOf(error)).not.toContain('--')
    expect(await headerOf(file, noChoices)).toEqual(['Prénom', 'Nom', 'Courriel'])
    expect(chosen.examples).toEqual([{ name: 'Zoé Martin', email: 'zoe@example.com' }])
  })

  test('gives its refused records as a file that can be mended and imported', async () => {
    const { source } = await read(fileOf(german))
    const sent = { ...nothingSent, refusedRecords: ['Ada;;ada@example.com.'] }

    expect(refusedFile(source, sent)).toBe(
      '\ufeffVorname;Nachname;E-Mail\r\nAda;;ada@example.com.\r\n',
    )
    expect(['people.csv', 'people'].map(refusedName)).toEqual([
      'people.refused.csv',
      'people.refused',
    ])
  })
})
