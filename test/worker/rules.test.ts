import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { getTableConfig, pgTable, text } from 'drizzle-orm/pg-core'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import * as z from 'zod/mini'
import { readConfig } from '../../src/config.ts'
import { createDatabase } from '../../src/db/connection.ts'
import { compile } from '../../src/db/statement.ts'
import { Email, multiline, Name, NewName, newNameOf } from '../../src/fields.ts'
import { multilineChecks, nameChecks } from '../../src/rows/columns.ts'
import { type NewUser, UserFilters } from '../../src/users/input.ts'
import { anyCharacter } from '../support/any-character.ts'

/** What the table may hold. A new name has two rules more. */
const StoredUser = z.object({ name: Name, email: Email })

const config = readConfig(env)
const db = createDatabase({ url: config.DATABASE_URL, endpoint: config.NEON_ENDPOINT })

/** Which of these rows the constraints of the table, as PostgreSQL holds them, would let in. */
async function acceptedByPostgres(rows: readonly NewUser[]): Promise<boolean[]> {
  const constraints = await db.run(
    compile(sql`
      select pg_get_expr(conbin, conrelid)
      from pg_constraint where conrelid = 'users'::regclass and contype = 'c'`),
  )
  const all = sql.raw(constraints.map(([expression]) => `(${expression})`).join(' and '))
  const verdicts = await db.run(
    compile(sql`
    select ${all} as accepted
    from rows from (jsonb_to_recordset(${JSON.stringify(rows)}) as (name text, email text))
      with ordinality as candidate
    order by ordinality`),
  )
  return verdicts.map(([accepted]) => accepted === 't')
}

/** zod's verdict, and what it would have stored: PostgreSQL must refuse the rest as it stands. */
const judge = (row: NewUser) => {
  const result = StoredUser.safeParse(row)
  return { accepted: result.success, stored: result.success ? result.data : row }
}

async function expectAgreement(rows: readonly NewUser[]) {
  const verdicts = rows.map(judge)
  const accepted = await acceptedByPostgres(verdicts.map(({ stored }) => stored))

  const disputed = verdicts.filter((verdict, index) => verdict.accepted !== accepted[index])
  expect(disputed).toEqual([])
}

// PostgreSQL's text cannot hold these, so they never reach a constraint.
const storable = (text: string) => text.isWellFormed() && !text.includes('\0')

const edges = [
  ...'aZ0 \t\n\u007f\u0080\u0085\u00a0\u00ad\u0301\u034f\u0958\u1680\u180e\u2000\u200b\u200d',
  ...'\u2028\u202f\u205f\u2060\u3000\u3164\ufe0f\ufeff\ufff0\uffff\u{1d173}\u{1f600}\u{e0001}',
]

const name = fc
  .string({
    unit: fc.oneof(fc.constantFrom(...edges), anyCharacter),
    maxLength: 12,
  })
  .filter(storable)

const email = fc.oneof(
  fc.emailAddress(),
  fc.string({ unit: fc.constantFrom(...'aB9.-_@+\'"é \n'), maxLength: 12 }),
  fc
    .tuple(
      fc.string({ unit: fc.constantFrom(...'aB9.-_+'), maxLength: 66 }),
      fc.array(fc.string({ unit: fc.constantFrom(...'aB9-'), maxLength: 65 }), { maxLength: 5 }),
    )
    .map(([local, labels]) => `${local}@${labels.join('.')}`),
)

const agree = (rows: fc.Arbitrary<NewUser>) =>
  fc.assert(fc.asyncProperty(fc.array(rows, { minLength: 500, maxLength: 500 }), expectAgreement), {
    numRuns: 10,
  })

describe('zod and PostgreSQL', () => {
  test('accept the same names', async () => {
    await agree(fc.record({ name, email: fc.constant('ada@example.com') }))
  })

  test('accept the same emails', async () => {
    await agree(fc.record({ name: fc.constant('Ada'), email }))
  })

  test('draw the limits of length at the same place', async () => {
    const emailOf = (local: number, label: number) =>
      `${'a'.repeat(local)}@${'b'.repeat(label)}.${'c'.repeat(63)}.${'d'.repeat(62)}`
    const limits = [
      ...[0, 201].map((length) => ({ name: 'x'.repeat(length), email: 'a@b.cd', fits: false })),
      ...[1, 200].map((length) => ({ name: 'x'.repeat(length), email: 'a@b.cd', fits: true })),
      { name: '\u{1f600}'.repeat(200), email: 'a@b.cd', fits: true },
      { name: '\u{1f600}'.repeat(201), email: 'a@b.cd', fits: false },
      // Two code points each once normalised.
      { name: '\u0958'.repeat(100), email: 'a@b.cd', fits: true },
      { name: '\u0958'.repeat(101), email: 'a@b.cd', fits: false },
      { name: 'Ada', email: emailOf(64, 2), fits: true },
      { name: 'Ada', email: emailOf(65, 2), fits: false },
      // 254 and 255 characters.
      { name: 'Ada', email: emailOf(64, 62), fits: true },
      { name: 'Ada', email: emailOf(64, 63), fits: false },
      { name: 'Ada', email: `a@${'b'.repeat(63)}.cd`, fits: true },
      { name: 'Ada', email: `a@${'b'.repeat(64)}.cd`, fits: false },
    ]
    const rows = limits.map(({ name, email }) => ({ name, email }))

    await expectAgreement(rows)
    expect(rows.map((row) => judge(row).accepted)).toEqual(limits.map(({ fits }) => fits))
  })
})

const notes = pgTable('notes', { title: text(), body: text() }, ({ title, body }) => [
  ...nameChecks('notes', title, 4),
  ...multilineChecks('notes', body, 0, 4),
])
type Note = { title: string; body: string }

/** Which of these notes the checks would let in. */
async function acceptedByChecks(rows: readonly Note[]): Promise<boolean[]> {
  const checks = getTableConfig(notes).checks.map(({ value }) => value)
  const verdicts = await db.run(
    compile(sql`
      select (${sql.join(checks, sql.raw(') and ('))})
      from rows from (jsonb_to_recordset(${JSON.stringify(rows)}) as (title text, body text))
        with ordinality as notes
      order by ordinality`),
  )
  return verdicts.map(([accepted]) => accepted === 't')
}

describe('texts of other lengths', () => {
  const Title = newNameOf(4)
  const Body = multiline(0, 4)
  const judgeNote = ({ title, body }: Note) => {
    const [one, other] = [Title.safeParse(title), Body.safeParse(body)]
    const stored = { title: one.data ?? title, body: other.data ?? body }
    return { accepted: one.success && other.success, stored }
  }
  /** Of new titles zod asks more than the table. */
  const isDirected = ({ title }: Note) => /[\u202a-\u202e\u2066-\u2069]/.test(title)
  const note = (texts: fc.Arbitrary<string>) =>
    fc.oneof(
      fc.record({ title: texts, body: fc.constant('') }),
      fc.record({ title: fc.constant('Note'), body: texts }),
    )

  test('are accepted by zod and PostgreSQL alike', async () => {
    const few = fc
      .string({ unit: fc.oneof(fc.constantFrom(...edges), anyCharacter), maxLength: 6 })
      .filter(storable)
    const agreement = fc.asyncProperty(
      fc.array(note(few), { minLength: 500, maxLength: 500 }),
      async (rows) => {
        const verdicts = rows.filter((row) => !isDirected(row)).map(judgeNote)
        const accepted = await acceptedByChecks(verdicts.map(({ stored }) => stored))
        expect(verdicts.filter((verdict, index) => verdict.accepted !== accepted[index])).toEqual(
          [],
        )
      },
    )

    await fc.assert(agreement, { numRuns: 5 })
  })

  test.for([
    ['', true],
    ['a\n\tb', true],
    ['\u{1f600}'.repeat(4), true],
    ['abcde', false],
    ['a\0b', false],
    ['\ud800', false],
    ['\u0085', false],
  ] as const)('may have several lines, and nothing that cannot be stored: %j', ([text, fits]) => {
    expect(Body.safeParse(text).success).toBe(fits)
  })
})

describe('a name, and what is searched for', () => {
  const tooLong = ['must have 1 to 200 characters']
  const faultsOf = (name: string) =>
    NewName.safeParse(name).error?.issues.map(({ message }) => message)

  test.for([
    ['combining marks', `a${'\u0301'.repeat(1_200)}`],
    ['combining marks, 256 KiB of them', `a${'\u0301'.repeat(128 * 1024)}`],
    ['letters and marks', 'e\u0301\u0323'.repeat(401)],
    ['white space', ' '.repeat(1_201)],
    ['halves of pairs', '\ud800'.repeat(1_201)],
  ] as const)('of too many units is neither normalised nor matched: %s', ([, text]) => {
    const normalize = vi.spyOn(String.prototype, 'normalize')
    const match = vi.spyOn(RegExp.prototype, 'test')
    const exec = vi.spyOn(RegExp.prototype, 'exec')

    const faults = faultsOf(text)
    const search = UserFilters.safeParse({ q: text })
    const calls = [normalize, match, exec].map(({ mock }) => mock.calls.length)
    vi.restoreAllMocks()

    expect(faults).toEqual(tooLong)
    expect(search.error?.issues).toHaveLength(1)
    expect(calls).toEqual([0, 0, 0])
  })

  test('may come as long as NFC can come apart', () => {
    for (const text of ['\u{16d6a}', '\u1f82', '\u1ed1', '\uac01', '\u0d9a\u0ddd', 'e\u0301']) {
      const composed = text.normalize('NFC')
      const whole = composed.repeat(200 / [...composed].length)

      expect(NewName.parse(whole.normalize('NFD')), text).toBe(whole)
      expect(faultsOf(`${whole}a`.normalize('NFD'))).toEqual(tooLong)
    }
  })

  test('has at most 30 combining marks in a row, more of which are not even normalised', () => {
    const marks = (count: number) => `a${'\u0345\u0334'.repeat(100).slice(0, count)}b`
    expect(NewName.safeParse(marks(30)).success).toBe(true)
    const normalize = vi.spyOn(String.prototype, 'normalize')

    const faults = faultsOf(marks(31))
    const search = UserFilters.safeParse({ q: marks(31) })
    const calls = normalize.mock.calls.length
    vi.restoreAllMocks()

    expect(faults).toEqual(['must not have more than 30 combining marks in a row'])
    expect(search.success).toBe(false)
    expect(calls).toBe(0)
  })

  test.for([0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069])(
    'overrides no direction of text when it is new: %i',
    async (codePoint) => {
      const name = `Ada ${String.fromCodePoint(codePoint)}ecalevoL`

      expect(faultsOf(name)).toEqual([
        'must not hold a character that overrides or isolates the direction of text',
      ])
      expect(UserFilters.safeParse({ q: name }).success).toBe(true)
      // It may have been stored before.
      await expectAgreement([{ name, email: 'ada@example.com' }])
    },
  )

  test.for(['\u05d0\u05d3\u05d4', '\u0639\u0645\u0631', 'Ada\u200e \u05d0', 'a\u061cb', '\u200fa'])(
    'may be of a script from right to left, marks of direction included: %j',
    (name) => {
      expect(NewName.safeParse(name).success).toBe(true)
    },
  )
})
