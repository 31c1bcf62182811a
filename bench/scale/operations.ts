import type { Answer, ScaleRequest } from './ask.ts'
import { bulkReads, bulkWrites } from './bulk-operations.ts'
import { cursorAt, type Sort, type Subject, sorts, strangerCount } from './subject.ts'

export type ScaleOperation = {
  name: string
  /** What the goals speak of: costs the same whatever the size. */
  isJudged: boolean
  /** Whether it writes: those come last. */
  writes?: boolean
  /** How many are sent to a size before the next one has its turn. */
  perTurn: number
  status: number
  /**
   * The request of this number to the service with the connection string `url`. Some follow from the
   * answer before.
   */
  request(
    subject: Subject,
    number: number,
    url: string,
    before: Answer | undefined,
  ): ScaleRequest | Promise<ScaleRequest>
  /** What is wrong with an answer, if anything. */
  faultOf?(subject: Subject, answer: Answer): string | undefined
}

const fast = { isJudged: true, perTurn: 20, status: 200 }
const slow = { isJudged: false, perTurn: 5, status: 200 }
const limit = 50

const read = (path: string): ScaleRequest => ({ method: 'GET', path })
const list = (query: Record<string, string>) =>
  read(`/users?${new URLSearchParams({ limit: String(limit), ...query })}`)

const listsBy = (sort: Sort): ScaleOperation[] => [
  {
    ...fast,
    name: `list ${sort}, first`,
    request: () => list({ sort }),
    faultOf: (_, answer) => faultOfPage(answer),
  },
  {
    ...fast,
    name: `list ${sort}, deep`,
    request: async (subject, _, url) => list({ sort, cursor: await cursorAt(subject, sort, url) }),
    faultOf: ({ deep }, answer) => faultOfPage(answer, deep[sort].nextId),
  },
  {
    ...fast,
    name: `list ${sort}, walk`,
    request: async (subject, _, url, before) => {
      const next = nextOf(before)
      return next === undefined
        ? list({ sort, cursor: await cursorAt(subject, sort, url) })
        : read(next)
    },
  },
]

/** The page behind, which nobody has asked for yet. */
function nextOf(before: Answer | undefined): string | undefined {
  const [, link] = /<([^>]+)>; rel="next"/.exec(String(before?.headers['link'])) ?? []
  return link && new URL(link).pathname + new URL(link).search
}

function faultOfPage({ text }: Answer, firstId?: number): string | undefined {
  const users: { id: number }[] = JSON.parse(text)
  const isRight = users.length === limit && (firstId === undefined || users[0]?.id === firstId)
  return isRight ? undefined : `has ${users.length} users, from ${users[0]?.id} on`
}

const faultOfCount = ({ text }: Answer, count: number | undefined) => {
  const { length } = JSON.parse(text)
  return count !== undefined && length !== count ? `has ${length} users` : undefined
}

const search = (name: string, q: (subject: Subject) => string, users?: number): ScaleOperation => ({
  ...slow,
  name: `search, ${name}`,
  request: (subject) => list({ q: q(subject) }),
  faultOf: (_, answer) => faultOfCount(answer, users),
})

/** One of all, one in fifty, one in five, and none with a piece that the index knows. */
const searches = [
  search('selective', ({ rareName }) => rareName, 1),
  search('frequent', ({ frequentName }) => frequentName),
  search('unselective', () => '@example.org', limit),
  search('no index', () => '-.-', 0),
]

/** Far apart, so that one request finds nothing where another has been. */
const idOf = ({ users }: Subject, number: number) => 1 + ((number * 7_919 * 104_729) % users)

export const scaleOperations: readonly ScaleOperation[] = [
  ...sorts.flatMap(listsBy),
  { ...fast, name: 'get', request: (subject, number) => read(`/users/${idOf(subject, number)}`) },
  {
    ...fast,
    name: 'email filter',
    request: ({ emails }, number) => list({ email: emails[number % emails.length] ?? '' }),
    faultOf: (_, answer) => faultOfCount(answer, 1),
  },
  ...searches,
  { ...slow, name: 'count=exact', request: () => list({ count: 'exact' }) },
  ...bulkReads,
  {
    ...fast,
    isJudged: false,
    name: 'create',
    writes: true,
    status: 201,
    request: ({ strangers }, number) => ({
      method: 'POST',
      path: '/users',
      body: JSON.stringify(strangers[number % strangerCount.created]),
    }),
  },
  ...bulkWrites,
]
