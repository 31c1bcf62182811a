import { describe, expect, test } from 'vitest'
import { isOfPostgres, isPassing, outcomeOf, reasonOf } from '../../src/db/outcome.ts'

const error = (code: string, message = 'canary') => ({ message, code })

describe('what an answer says of its statement', () => {
  test.for([
    ['rows', 200, { rows: [], fields: [] }, 'executed'],
    ['a row', 200, { rows: [['1']], fields: [{ name: 'id', dataTypeID: 20 }] }, 'executed'],
    ['the results of a batch', 200, { results: [{ rows: [], fields: [] }] }, 'executed'],
    ['rows without fields', 200, { rows: [] }, 'unknown'],
    ['fields that are none', 200, { rows: [], fields: 'canary' }, 'unknown'],
    ['a field that is none', 200, { rows: [], fields: [null] }, 'unknown'],
    ['a row that is none', 200, { rows: [1], fields: [] }, 'unknown'],
    ['a batch of something else', 200, { results: [{ rows: [] }] }, 'unknown'],
    ['results that are none', 200, { results: 'canary' }, 'unknown'],
    ['a 200 that is not whole', 200, undefined, 'unknown'],
    ['a 200 of somebody else', 200, { ok: true }, 'unknown'],
    ['a page', 502, undefined, 'unknown'],
    ['a proxy that shuts down', 503, { msg: 'canary' }, 'unknown'],
    ['an answer that is too large', 507, error(''), 'unknown'],
    ['a request that is too large', 413, error(''), 'not-run'],
    ['an email that is taken', 400, error('23505'), 'executed'],
    ['a table that is missing', 400, error('42P01'), 'executed'],
    ['a right that is missing', 400, error('42501'), 'executed'],
    ['a statement_timeout', 400, error('57014'), 'not-run'],
    ['a lock_timeout', 400, error('55P03'), 'not-run'],
    ['an idle_in_transaction_session_timeout', 400, error('25P03'), 'not-run'],
    ['a serialization failure', 400, error('40001'), 'not-run'],
    ['a deadlock', 400, error('40P01'), 'not-run'],
    ['a full disk', 400, error('53100'), 'not-run'],
    ['a replica', 400, error('25006'), 'not-run'],
    ['a commit that nobody saw', 400, error('40003'), 'unknown'],
    ['a shutdown', 400, error('57P01'), 'unknown'],
    ['a crash', 400, error('57P02'), 'unknown'],
    ['a cancelled request', 400, error('08P01', 'Query cancelled, connection …'), 'unknown'],
    ['a connection that is lost', 400, error('', 'connection closed'), 'unknown'],
    ['another', 400, error('', 'error communicating with the server: EPIPE'), 'unknown'],
    ['a wrong password', 400, error('', "password authentication failed for user 'x'"), 'not-run'],
    ['a database that is missing', 400, error('3D000'), 'not-run'],
    ['a quota', 402, error(''), 'not-run'],
    ['a rate limit', 429, error(''), 'not-run'],
    ['a server that starts', 500, error('57P03'), 'not-run'],
    ['no session to spare', 500, error('53300'), 'not-run'],
    ['a compute that is away', 500, error('', "Couldn't connect to compute node"), 'not-run'],
    ['a 500 of somebody else', 500, { error: 'canary' }, 'unknown'],
    ['another', 500, { message: 'Internal server error' }, 'unknown'],
  ] as const)('%s', ([, status, body, outcome]) => {
    expect(outcomeOf(status, body)).toBe(outcome)
  })
})

describe('what may pass in a moment', () => {
  test.for([
    [true, 500, error('57P03')],
    [true, 500, error('53300')],
    [true, 500, error('')],
    [true, 502, undefined],
    [true, 503, { msg: 'canary' }],
    [true, 200, undefined],
    [true, 400, error('40001')],
    [true, 400, error('40P01')],
    [true, 400, error('57P01')],
    [true, 400, error('08P01')],
    [true, 400, error('', 'connection closed')],
    [false, 400, error('', "password authentication failed for user 'x'")],
    [false, 400, error('3D000')],
    [false, 400, error('57014')],
    [false, 400, error('25006')],
    [false, 402, error('')],
    [false, 413, error('')],
    [false, 429, error('')],
    [false, 507, error('')],
    [false, 500, error('53100')],
  ] as const)('is %s of %i %j', ([passes, status, body]) => {
    expect(isPassing(status, body)).toBe(passes)
  })
})

describe('who lives', () => {
  test.for([
    [true, 400, error('57014')],
    [true, 400, error('40001')],
    [false, 400, error('', 'connection closed')],
    [false, 500, error('57P03')],
    [false, 500, error('')],
    [false, 502, undefined],
  ] as const)('is PostgreSQL: %s for %i %j', ([lives, status, body]) => {
    expect(isOfPostgres(status, body)).toBe(lives)
  })
})

describe('the reason in the log', () => {
  test('is the status and the SQLSTATE, and no word of the answer', () => {
    expect(reasonOf(400, error('40001'))).toBe('neon 400 40001')
    expect(reasonOf(500, error(''))).toBe('neon 500')
    expect(reasonOf(400, error('canary'))).toBe('neon 400')
    expect(reasonOf(502, undefined)).toBe('neon 502')
  })
})
