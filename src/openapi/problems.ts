import type { ValidationFault } from '../errors.ts'
import { type ProblemCode, problems } from '../problem-statuses.ts'
import type { ProblemText } from './common-problem-texts.ts'
import { Problem, reference } from './components.ts'
import { answerHeaders, type HeaderName } from './headers.ts'

export type ProblemTexts = Readonly<Record<ProblemCode, ProblemText>>

const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(problems, code)

/** By status. */
export const problemCodes = Object.keys(problems)
  .filter(isProblemCode)
  .sort((one, other) => problems[one].status - problems[other].status)

const faults: readonly ValidationFault[] = [
  { pointer: '/name', detail: 'must not begin with white space' },
  {
    pointer: '/email',
    detail: 'must be an email address with a dot in its domain, such as ada@example.com',
  },
]

const headersOf: { readonly [code in ProblemCode]?: readonly HeaderName[] } = {
  'method-not-allowed': ['Allow'],
  'unsupported-media-type': ['Accept-Encoding', 'Accept-Patch'],
  unauthenticated: ['WWW-Authenticate'],
  'insufficient-scope': ['WWW-Authenticate-Of-Scopes'],
}

const headersByStatus: { readonly [status: number]: readonly HeaderName[] } = {
  429: ['Retry-After'],
  503: ['Retry-After'],
}

const typeOf = (code: ProblemCode) => `/problems/${code}`

export const createProblemExamples = (texts: ProblemTexts) =>
  Object.fromEntries(
    problemCodes.map((code) => [
      code,
      {
        summary: problems[code].title,
        value: {
          type: typeOf(code),
          ...problems[code],
          detail: texts[code].detail,
          instance: '604887e4-5326-4b4f-8861-a518b4375a7f',
          ...(code === 'validation-failed' && { errors: faults }),
        },
      },
    ]),
  )

/** What an operation answers when it fails, by status. Codes of one status share an answer. */
export const groupByStatus = (codes: readonly ProblemCode[]) =>
  [...Map.groupBy(codes, (code) => problems[code].status)].map(([status, group]) => ({
    status,
    name: group.join('-or-'),
    response: problemResponse(status, group),
  }))

const problemResponse = (status: number, codes: readonly ProblemCode[]) => ({
  description: `${codes.map((code) => problems[code].title).join(', or ')}.`,
  // Not in the schema: generators make a type of each, or give up.
  'x-problem-codes': codes,
  headers: answerHeaders([
    ...codes.flatMap((code) => headersOf[code] ?? []),
    ...(headersByStatus[status] ?? []),
  ]),
  content: {
    'application/problem+json': {
      schema: reference(Problem),
      examples: Object.fromEntries(
        codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
      ),
    },
  },
})
