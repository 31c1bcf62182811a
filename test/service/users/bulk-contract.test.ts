import { describe, expect, expectTypeOf, test } from 'vitest'
import type * as z from 'zod'
import type * as contract from '../../../src/users/bulk-contract.ts'
import type { ImportResult } from '../../../src/users/import.ts'
import { checkAnswer, operations, scopeOf } from '../../support/contract.ts'
import { ada } from '../../support/people.ts'

const moment = '2026-11-22T09:16:49.185Z'
const user = { id: 1, ...ada, version: 1, createdAt: moment, updatedAt: moment }

const checkExport = (text: string) =>
  checkAnswer('GET', '/users/export', {
    status: 200,
    headers: new Headers({
      'X-Request-Id': '604887e4-5326-4b4f-8861-a518b4375a7f',
      'Cache-Control': 'no-store',
      'Content-Type': 'application/x-ndjson; charset=utf-8',
    }),
    text,
  })

describe('openapi.json', () => {
  test('asks for the scope that was promised', () => {
    const bulk = operations.filter(({ template }) => /\/(?:import|export)$/.test(template))

    expect(bulk.map(({ operation }) => scopeOf(operation))).toEqual([
      'users:export',
      'users:export',
    ])
  })

  test('has the import results that the service has', () => {
    expectTypeOf<z.infer<typeof contract.ImportResult>>().toEqualTypeOf<ImportResult>()
  })
})

describe('an export', () => {
  test('may be lines of users', () => {
    expect(() => checkExport(`${JSON.stringify(user)}\n`.repeat(2))).not.toThrow()
  })

  test('may not have a line that is no user', () => {
    expect(() => checkExport(`${JSON.stringify(user)}\n{}\n`)).toThrow(
      /must have required property 'id'/,
    )
  })
})
