import { AnswerError, ConnectionError, isObject, isProblem, ProblemError } from './errors.ts'

/** What Hono's client gives, whatever the route. */
export type Answer = {
  status: number
  ok: boolean
  headers: Headers
  body: ReadableStream<Uint8Array> | null
  text(): Promise<string>
}

/** A `fetch` whose failures are ConnectionErrors. */
export const connecting =
  (send: typeof fetch): typeof fetch =>
  (...request: Parameters<typeof fetch>) =>
    send(...request).catch((error: unknown) => {
      throw new ConnectionError(error)
    })

/** The body, when the answer is one of success. Throws ProblemError, AnswerError, ConnectionError. */
export async function readText(answer: Answer): Promise<string> {
  const text = await answer.text().catch((error: unknown) => {
    throw new ConnectionError(error)
  })
  if (!answer.ok) {
    throw failure(answer, text)
  }
  return text
}

/** And the JSON in it, when it is what it must be. */
async function readJson<Body>(
  answer: Answer,
  isExpected: (body: unknown) => body is Body,
): Promise<Body> {
  const text = await readText(answer)
  const body = parse(text)
  if (!isExpected(body)) {
    throw new AnswerError(answer.status, text)
  }
  return body
}

function failure({ status, headers }: Answer, text: string): ProblemError | AnswerError {
  const retryAfterMs = readRetryAfter(headers.get('Retry-After'))
  const body = parse(text)
  const [, code] = isObject(body) ? (/^\/problems\/(.+)$/.exec(String(body['type'])) ?? []) : []
  const problem = { ...(isObject(body) && body), code }

  return isProblem(problem)
    ? new ProblemError(problem, retryAfterMs)
    : new AnswerError(status, text, retryAfterMs)
}

/** Seconds or a date (RFC 9110 section 10.2.3). */
function readRetryAfter(value: string | null): number | undefined {
  if (value === null) {
    return undefined
  }
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now()
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

type Type = 'number' | 'string' | 'boolean' | 'object' | 'null'

/** Whether a value has fields of these types; of several where there is a list of them. */
export const hasFields =
  <Row>(types: { [Field in keyof Row]: Type | readonly Type[] }) =>
  (value: unknown): value is Row =>
    isObject(value) &&
    Object.entries<string | readonly string[]>(types).every(([name, due]) =>
      [due].flat().includes(typeOf(value[name])),
    )

const typeOf = (value: unknown) => (value === null ? 'null' : typeof value)

/** Reads a row that is as `isRow` says. */
export const readRow =
  <Row>(isRow: (value: unknown) => value is Row) =>
  (answer: Answer): Promise<Row> =>
    readJson(answer, isRow)

/** And a page of them, with the cursor of the next and the count of all, where it has them. */
export const readPage =
  <Row>(isRow: (value: unknown) => value is Row) =>
  async (answer: Answer) => {
    const { headers } = answer
    const [, next] = /<([^>]+)>; rel="next"/.exec(headers.get('Link') ?? '') ?? []
    const total = headers.get('X-Total-Count')
    const areRows = (value: unknown): value is Row[] => Array.isArray(value) && value.every(isRow)
    return {
      rows: await readJson(answer, areRows),
      next: (next && new URL(next).searchParams.get('cursor')) || undefined,
      total: total === null ? undefined : Number(total),
    }
  }
