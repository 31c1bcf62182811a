import { type AnyPgColumn, bigint, pgTable, text } from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { routes } from '../../src/app-routes.ts'
import { hasFields } from '../../src/client/answers.ts'
import { contracts, problemTexts } from '../../src/contracts.ts'
import { Name } from '../../src/fields.ts'
import { answerAdded } from '../../src/http/answers.ts'
import type { Json } from '../../src/json.ts'
import { createDocument } from '../../src/openapi/document.ts'
import { id as contractId } from '../../src/openapi/fields.ts'
import { piecesOf } from '../../src/openapi/pieces.ts'
import { together } from '../../src/resources.ts'
import { id } from '../../src/rows/columns.ts'
import { conflictCodes } from '../../src/rows/conflict-codes.ts'
import { means } from '../../src/rows/conflicts.ts'
import { rowsOf } from '../../src/rows/rows.ts'
import { userRows } from '../../src/users/rows.ts'
import { users } from '../../src/users/table.ts'
import { rowTemplateNamed } from '../support/samples/collections.ts'

describe('the problems of all resources', () => {
  test('are those of each', () => {
    expect(together('problem', [{ 'user-not-found': 1 }, { 'team-not-found': 2 }])).toEqual({
      'user-not-found': 1,
      'team-not-found': 2,
    })
  })

  test('have no code twice: the second would take the place of the first', () => {
    expect(() =>
      together('problem', [{ 'no-such-user': 1 }, { taken: 2 }, { 'no-such-user': 3 }]),
    ).toThrow('Two resources have the problem no-such-user: let one use that of the other.')
  })
})

describe('the contract', () => {
  const texts = { summary: '', description: '' }

  test('tells of every route', () => {
    const [, ...others] = contracts
    expect(() => createDocument(texts, routes, others, problemTexts)).toThrow(
      /^A route answers \w+ \/users\/\S+, of which no contract tells\.$/,
    )
  })

  test('tells of no other route', () => {
    const others = routes.filter(({ path }) => path !== '/users/:id/restore')
    expect(() => createDocument(texts, others, contracts, problemTexts)).toThrow(
      'A contract tells of post /users/{id}/restore, which no route answers.',
    )
  })

  test('tells who removes a row of the conflicts with other tables, and who writes one of its own', () => {
    const notes = pgTable('notes', {
      id: id(),
      ownerId: bigint({ mode: 'number' }).references(() => users.id),
      title: text().unique('notes_title_key'),
      partOf: bigint({ mode: 'number' }).references((): AnyPgColumn => notes.id),
    })
    const rows = rowsOf(notes, {
      fields: ['id', 'title'],
      noun: 'note',
      notFound: means('not-found', ''),
      conflicts: {
        notes_owner_id_users_id_fk: means('user-not-found', ''),
        notes_title_key: means('email-taken', ''),
        notes_part_of_notes_id_fk: means('validation-failed', ''),
        pages_note_id_notes_id_fk: means('rate-limited', ''),
      },
    })
    expect(conflictCodes(rows)).toEqual({
      ofWrites: ['user-not-found', 'email-taken', 'validation-failed'],
      ofRemovals: ['validation-failed', 'rate-limited'],
    })
    const note = piecesOf(rows, {
      name: 'NoteOfATest',
      fields: { id: contractId(), title: Name },
      example: { id: 1, title: 'Note' },
    })
    expect(note.changing({}).problems).toContain('user-not-found')
    expect(note.changing({}, { never: ['user-not-found'] }).problems).toEqual(
      note.changing({}).problems.filter((code) => code !== 'user-not-found'),
    )
  })

  test('promises a Location only where a route reads what was created', () => {
    const thing = piecesOf(rowsOf(users, { ...userRows, fields: ['id'] }), {
      name: 'ThingOfATest',
      fields: { id: contractId() },
      example: { id: 1 },
    })

    expect(thing.creating({}).answers[201].headers).toContain('Location')
    expect(thing.creating({}, { hasLocation: false }).answers[201].headers).not.toContain(
      'Location',
    )
    const answer = answerAdded({ row: { json: '{"id":1}' as Json<{ id: number }> } })
    expect([answer.status, [...answer.headers]]).toEqual([
      201,
      [['content-type', 'application/json']],
    ])
  })
})

describe('the samples of the tests', () => {
  const devices = pgTable('devices', {
    ownerId: bigint({ mode: 'number' }).references(() => users.id),
    maker: bigint({ mode: 'number' }),
  })

  test('know whose id a field is by its name, or by the foreign key of its column', () => {
    expect(rowTemplateNamed('addedUserId')).toBe('/users')
    expect(rowTemplateNamed('ownerId', [devices])).toBe('/users')
    expect(rowTemplateNamed('ownerId', [])).toBeUndefined()
    expect(rowTemplateNamed('maker', [devices])).toBeUndefined()
  })
})

describe('a row that a client reads', () => {
  const isDevice = hasFields<{ id: number; seenAt: string | null }>({
    id: 'number',
    seenAt: ['string', 'null'],
  })

  test.for([
    [{ id: 1, seenAt: null }, true],
    [{ id: 1, seenAt: '2026-11-29T00:00:00.000Z' }, true],
    [{ id: 1, seenAt: 7 }, false],
    [{ id: 1 }, false],
    [{ id: null, seenAt: null }, false],
  ] as const)('may have null where it is named: %j', ([row, isRow]) => {
    expect(isDevice(row)).toBe(isRow)
  })
})
