import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findCsvRecord } from '../../scripts/users/import/csv-record.ts'
import { decode } from '../../scripts/users/import/encoding.ts'
import { findLine, readRecords } from '../../scripts/users/import/records.ts'
import { readUser } from '../../scripts/users/import/users.ts'
import { readCsv } from '../../src/http/csv.ts'
import type { RawLine } from '../../src/http/lines.ts'

async function* inChunks(text: string, size: number) {
  const bytes = Buffer.from(text)
  for (let start = 0; start < bytes.length; start += size) {
    yield bytes.subarray(start, start + size)
  }
}

const records = async (text: string, size: number, find = findCsvRecord(',')) => {
  const texts = decode(inChunks(text, size), { label: 'utf-8', hasMark: false })
  return (await Array.fromAsync(readRecords(texts, find))).flat()
}

const header = 'name,email\n'
const rules = {
  columns: { known: ['name', 'email'], required: ['name', 'email'] },
  maxLength: 1_000,
}
const layout = {
  separator: ',',
  top: header,
  lastTopLine: 1,
  header: ['name', 'email'],
  columns: { name: [[0]], email: 1 },
  isTemplate: false,
}

/** What the service makes of it; undefined when it refuses it as a whole. */
function parse(text: string): RawLine[] | undefined {
  const lines: RawLine[] = []
  try {
    readCsv(text, rules, (line) => lines.push(line))
    return lines
  } catch {
    return undefined
  }
}

const pieces = fc.constantFrom('a', 'é', ' ', ',', '"', '""', '"a"', '\n', '\r\n', '\r')
const texts = fc.array(pieces, { minLength: 1, maxLength: 20 }).map((some) => some.join(''))

describe('the records of a CSV file', () => {
  test('are those that the service sees, whatever the chunks', async () => {
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 1, max: 9 }), async (text, size) => {
        const whole = parse(header + text) ?? []
        fc.pre(
          whole.length > 0 && !whole.some((raw) => 'detail' in raw && / quote /.test(raw.detail)),
        )

        const [first, ...found] = await records(header + text, size)

        expect(first).toMatchObject({ line: 1, text: header, cells: ['name', 'email'] })
        expect(found.map((record) => record.text).join('')).toBe(text)
        const read = found.flatMap((record) => {
          const one = readUser(record, layout)
          return one ? [{ line: record.line, ...('user' in one && { value: one.user }) }] : []
        })
        expect(read).toMatchObject(
          whole.map(({ line, ...raw }) => ('value' in raw ? { line, value: raw.value } : { line })),
        )
      }),
      { numRuns: 1_000 },
    )
  })

  test('know on which line they begin', async () => {
    const text = 'name,email\r\n"a\nb\r\nc",d\re,f\n\n"g""\n",h'

    expect((await records(text, 3)).map(({ line }) => line)).toEqual([1, 2, 5, 6, 7])
  })
})

describe('the records of an NDJSON file', () => {
  test('are its lines, without the byte order mark', async () => {
    expect(await records('\ufeff{}\r\n\n{"a":"\r"}', 2, findLine)).toMatchObject([
      { line: 1, text: '{}\r\n' },
      { line: 2, text: '\n' },
      { line: 3, text: '{"a":"\r"}' },
    ])
  })
})
