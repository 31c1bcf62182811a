import { describe, expect, test } from 'vitest'
import { moment, rowId, uuid } from '../../src/fields.ts'

describe('a field of a request', () => {
  test.for([
    ['2026-11-22T09:16:49Z', '2026-11-22T09:16:49.000Z'],
    ['2026-11-22T09:16:49.185999+05:30', '2026-11-22T03:46:49.185Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ] as const)('may be the moment %s', ([text, iso]) => {
    expect(moment().parse(text).toISOString()).toBe(iso)
  })

  test.for([
    ...['2026-11-22', '2026-11-22T09:16:49', '2026-13-22T09:16:49Z', '2026-11-22T25:16:49Z', ''],
    ...['9999-12-31T23:59:59-01:00', '0001-01-01T00:00:00+01:00', 1_764_400_609_185, undefined],
  ])('is no moment that is %s', (value) => {
    expect(moment().safeParse(value)).toMatchObject({
      success: false,
      error: { issues: [expect.objectContaining({ message: expect.any(String) })] },
    })
  })

  test('may be a UUID in either case, and nothing near one', () => {
    const id = '0F0D3C4B-5A69-4788-9a7b-3c2d1e0f9a8b'

    expect(uuid().parse(id)).toBe(id)
    for (const other of [id.slice(1), `${id}0`, id.replaceAll('-', ''), `{${id}}`, [id, id]]) {
      expect(uuid().safeParse(other).success).toBe(false)
    }
  })

  test('may be the id of a row', () => {
    expect(rowId().parse(26)).toBe(26)
    for (const other of [0, -1, 1.5, '26', 2 ** 53, Number.NaN, null, undefined]) {
      expect(rowId().safeParse(other).success).toBe(false)
    }
  })
})
