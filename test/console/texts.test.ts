import { describe, expect, test } from 'vitest'
import { describeFailure, fieldFaultsOf, sentence } from '../../site/console/failure.ts'
import { formatBytes, formatCount } from '../../site/console/format.ts'
import { readSearch } from '../../site/console/search.ts'
import { readKey } from '../../site/console/session.ts'
import { changesOf, isSame } from '../../site/console/users/draft.ts'
import { ConnectionError, type Problem, ProblemError } from '../../src/client.ts'

const problem: Problem = {
  code: 'validation-failed',
  type: '/problems/validation-failed',
  title: 'Validation failed',
  status: 422,
  detail: 'The body is not as it must be.',
  instance: '604887e4-5326-4b4f-8861-a518b4375a7f',
  errors: [
    { pointer: '/email', detail: 'must not end with a dot' },
    { pointer: '', detail: 'must be an object' },
  ],
}

describe('a failure', () => {
  test('is said in the words of the service', () => {
    expect(describeFailure(new ProblemError(problem))).toEqual({
      title: 'Validation failed',
      text: 'The body is not as it must be. /email must not end with a dot. It must be an object.',
      page: '/problems/validation-failed',
      requestId: '604887e4-5326-4b4f-8861-a518b4375a7f',
    })
    expect(describeFailure(new ConnectionError(new TypeError('fetch failed'))).title).toBe(
      'No answer',
    )
  })

  test('stands beside the field that it is about', () => {
    const taken: Problem = {
      ...problem,
      code: 'email-taken',
      type: '/problems/email-taken',
      title: 'Email taken',
      status: 409,
      detail: 'A user with this email already exists.',
    }

    expect(fieldFaultsOf(new ProblemError(problem))).toEqual({ email: 'Must not end with a dot.' })
    expect(fieldFaultsOf(new ProblemError(taken))).toEqual({ email: taken.detail })
    expect(fieldFaultsOf(new Error('other'))).toEqual({})
    expect(sentence('is it?')).toBe('Is it?')
  })
})

test.for([
  ['', undefined, false],
  ['  ', undefined, false],
  ['a', undefined, true],
  ['\u{1f984}', undefined, true],
  ['ad', 'ad', true],
  [' ada ', 'ada', false],
  ['x'.repeat(100), 'x'.repeat(100), false],
  ['x'.repeat(101), undefined, true],
] as const)('%j is looked for as %j', ([typed, q, hasHint]) => {
  const search = readSearch(typed)

  expect([search.q, search.hint !== '']).toEqual([q, hasHint])
})

test.for(['key', ' key\n', 'Bearer key', 'authorization: bearer  key '])(
  'a key may be pasted as %j',
  (text) => {
    expect(readKey(text)).toBe('key')
  },
)

test('a change has what was changed, and nothing beside it', () => {
  const user = { name: 'Ada', email: 'ada@example.com' }

  expect(changesOf(user, { ...user, name: 'Ada King' })).toEqual({ name: 'Ada King' })
  expect(isSame(user, { ...user })).toBe(true)
})

test('numbers are for people', () => {
  expect([0, 1_023, 1_536, 5 * 2 ** 20, 3 * 2 ** 30].map(formatBytes)).toEqual([
    '0 bytes',
    '1,023 bytes',
    '1.5 KiB',
    '5 MiB',
    '3 GiB',
  ])
  expect([1, 1_000_000].map((count) => formatCount(count, 'user', 'users'))).toEqual([
    '1 user',
    '1,000,000 users',
  ])
})
