import type { ScaleOperation } from './operations.ts'
import { type Subject, strangerCount } from './subject.ts'

const bulk = { isJudged: false, perTurn: 1, status: 200 }

export const bulkReads: readonly ScaleOperation[] = [
  {
    ...bulk,
    name: 'export',
    request: () => ({ method: 'GET', path: '/users/export', isStreamed: true }),
    faultOf: ({ users }, { lines }) => (lines === users ? undefined : `has ${lines} users`),
  },
]

export const bulkWrites: readonly ScaleOperation[] = [
  {
    ...bulk,
    name: 'import of 5,000',
    writes: true,
    request: ({ strangers }, number) => ({
      method: 'POST',
      path: '/users/import',
      mediaType: 'application/x-ndjson',
      body: linesOf(strangers, number % strangerCount.imports),
    }),
    faultOf: (_, { text }) =>
      JSON.parse(text).created === strangerCount.perImport ? undefined : `is ${text}`,
  },
]

function linesOf(strangers: Subject['strangers'], part: number): string {
  const { created, perImport } = strangerCount
  const from = created + part * perImport
  return strangers
    .slice(from, from + perImport)
    .map((person) => `${JSON.stringify(person)}\n`)
    .join('')
}
