import { describe, expect } from 'vitest'
import {
  createClient,
  type NewUser,
  type Page,
  type Problem,
  ProblemError,
  type User,
} from '../../src/client.ts'
import { ada, grace } from '../support/people.ts'
import { test } from '../support/shared-test.ts'

type Client = ReturnType<typeof createClient>

/** What one who uses the client writes: `tsc` refuses it when the code does not narrow the problem. */
function advise({ problem }: ProblemError): string {
  switch (problem.code) {
    case 'email-taken':
      problem.status satisfies 409
      problem.type satisfies '/problems/email-taken'
      return 'Take another address.'
    case 'validation-failed':
      return (problem.errors ?? [])
        .map((fault) => ('pointer' in fault ? fault.pointer : 'elsewhere'))
        .join()
    case 'database-unavailable':
    case 'outcome-unknown':
      problem.status satisfies 503 | 504
      return 'Try again later.'
    default:
      return problem.title
  }
}

/** What none of them may write: `tsc` must refuse each. */
const misuses = ({ users, events }: Client) => [
  // @ts-expect-error: an email is missing.
  () => users.create({ name: ada.name }),
  // @ts-expect-error: a user has no nickname.
  () => users.create({ ...ada, nickname: 'Countess' }),
  // @ts-expect-error: an id is a number.
  () => users.get('1'),
  // @ts-expect-error: there is no such order.
  () => users.list({ sort: 'createdAt' }),
  // @ts-expect-error: a limit is a number.
  () => users.list({ limit: '10' }),
  // @ts-expect-error: an id is a number, or its digits.
  () => events.page({ userId: true }),
  // @ts-expect-error: a list leads from page to page itself.
  () => users.list({ cursor: 'next' }),
  // @ts-expect-error: a version is a number, and no tag.
  () => users.remove(1, { ifMatch: '"1"' }),
  // @ts-expect-error: a name is a string.
  () => users.change(1, { name: 1 }),
  // @ts-expect-error: there is no such format.
  () => users.export({ mediaType: 'application/xml' }),
  // @ts-expect-error: a body must say what it is.
  () => users.import(''),
  // @ts-expect-error: there is no such problem.
  (problem: Problem) => problem.code === 'too-many-users',
]

describe('the types of the client', () => {
  test('fit what the service answers', async ({ service }) => {
    const { events, users } = createClient(service.url.href)

    const newUser = { ...ada } satisfies NewUser
    const user = (await users.create(newUser)) satisfies User
    const page = (await users.page()) satisfies Page
    const replaced = await users.replace(user.id, { ...user, ...grace }, { ifMatch: user.version })

    expect(page.users).toEqual([user])
    for (const userId of [user.id, `${user.id}`]) {
      // The feed waits for transactions that began before, also those of other tests.
      await expect
        .poll(async () => (await events.page({ userId })).events, { timeout: 10_000 })
        .toHaveLength(2)
    }
    expect(replaced.createdAt.slice(0, 10)).toBe(user.createdAt.slice(0, 10))
  })

  test('tell one problem from another', async ({ service }) => {
    const client = createClient(service.url.href)
    const { users } = client
    await users.create(ada)

    const failures = [
      users.create(ada),
      users.create({ name: ' ', email: 'nowhere' }),
      users.get(2),
      users.change(1, {}, { ifMatch: 7 }),
    ].map((call) => call.then(() => 'success', adviseOn))

    expect(await Promise.all(failures)).toEqual([
      'Take another address.',
      expect.stringMatching(/^\/name,.*\/email$/),
      'No such user',
      'Precondition failed',
    ])
    expect(misuses(client)).toHaveLength(12)
  })
})

const adviseOn = (error: unknown) => (error instanceof ProblemError ? advise(error) : error)
