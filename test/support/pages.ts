import { expect } from 'vitest'
import type { Answer, Service } from './service.ts'

/** The URLs of an answer's `Link` header, by relation. */
export const links = ({ headers }: Answer) =>
  new Map(
    [...(headers.get('Link') ?? '').matchAll(/<([^>]+)>; rel="(\w+)"/g)].map(
      ([, url = '', relation = '']) => [relation, url],
    ),
  )

export const ids = ({ body }: Answer): number[] =>
  Array.isArray(body) ? body.map(({ id }) => id) : []

/** The ids of every page from this one on, as the `next` links lead. */
export async function walk(service: Service, path: string): Promise<number[][]> {
  const pages: number[][] = []
  for (let next: string | undefined = path; next !== undefined; ) {
    const answer: Answer = await service.request('GET', next)
    expect(answer.status).toBe(200)
    pages.push(ids(answer))
    next = links(answer).get('next')
  }
  return pages
}
