import { describe, expect } from 'vitest'
import { ada } from '../../support/people.ts'
import { test } from '../../support/shared-test.ts'

const marks = (bytes: number) => `a${'\u0345\u0301\u0323\u0334'.repeat(bytes / 8)}`

describe('a text that somebody sends', () => {
  test.for([
    ['application/x-ndjson', 128],
    ['application/x-ndjson', 256],
    ['application/x-ndjson', 2_048],
    ['text/csv', 128],
    ['text/csv', 256],
    ['text/csv', 2_048],
  ] as const)(
    'stops nobody as one line of combining marks in %s: %i KiB',
    async ([mediaType, kiB], { service }) => {
      const name = marks(kiB * 1_024)
      const body =
        mediaType === 'text/csv'
          ? `name,email\n${ada.name},${ada.email}\n${name},a@example.com`
          : `${JSON.stringify(ada)}\n${JSON.stringify({ name, email: 'a@example.com' })}`

      const importing = service.request('POST', '/users/import', body, {
        'Content-Type': mediaType,
      })
      const others = await Promise.all(
        Array.from({ length: 10 }, () => service.request('GET', '/livez')),
      )
      const answer = await importing

      expect(others.map(({ status }) => status)).toEqual(Array(10).fill(200))
      expect(answer).toMatchObject({
        status: 200,
        body: {
          created: 1,
          refused: [
            {
              line: mediaType === 'text/csv' ? 3 : 2,
              pointer: '',
              detail: 'is longer than 16384 characters',
            },
          ],
        },
      })
    },
  )

  test.for(['Accept', 'Content-Type'])(
    'is not read as %s when it is too long',
    async (header, { service }) => {
      const value = `${header === 'Accept' ? '*/*' : 'application/x-ndjson'}${';a=b'.repeat(1_000)}`

      const answer =
        header === 'Accept'
          ? await service.request('GET', '/users/export', undefined, { Accept: value })
          : await service.request('POST', '/users/import', '', { 'Content-Type': value })

      expect(answer.status).toBe(header === 'Accept' ? 406 : 415)
    },
  )
})
