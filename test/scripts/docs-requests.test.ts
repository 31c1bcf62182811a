import { readFile } from 'node:fs/promises'
import { describe, expect, inject } from 'vitest'
import { addFirstUsers } from '../../scripts/users/samples.ts'
import { createDatabase } from '../../src/db/connection.ts'
import { servedRoutes } from '../support/served-routes.ts'
import { test } from '../support/shared-test.ts'

const api = await readFile('docs/api.md', 'utf8')
const walk = (await readFile('README.md', 'utf8')) + api

/** `$ curl …` and the line below it, which is the answer. */
const exchange = [...walk.matchAll(/^\$ curl (.+)\n(.*)$/gm)].map(([, args = '', answer = '']) => ({
  method: /-X (\w+)/.exec(args)?.[1] ?? (args.includes(' -d ') ? 'POST' : 'GET'),
  path: /localhost:8787([^\s']+)/.exec(args)?.[1] ?? '',
  body: /-d '([^']+)'/.exec(args)?.[1],
  answer,
}))

const withoutMoments = (text: string) =>
  text.replace(/("(?:createdAt|updatedAt|instance)":)"[^"]+"/g, '$1"…"')

describe('the docs', () => {
  test('print the answers that the service gives', async ({ service, database }) => {
    await addFirstUsers(createDatabase({ url: database.url, endpoint: inject('endpointUrl') }))

    expect(exchange).toHaveLength(8)
    for (const { method, path, body, answer } of exchange) {
      const { text } = await service.request(method, path, body)
      expect(withoutMoments(text), `${method} ${path}`).toBe(withoutMoments(answer))
    }
  })

  test('list every endpoint of what they list, and no other', () => {
    const listed = [...api.matchAll(/^\| `([A-Z]+) (\S+)` \|/gm)].map(
      ([, method, path = '']) => `${method} ${path}`,
    )
    // A resource that a team adds stands in the pages at /docs, and need not stand here.
    const firstPart = (route: string) => route.split('/')[1]
    const ours = new Set(listed.map(firstPart))

    expect(listed.sort()).toEqual(servedRoutes().filter((route) => ours.has(firstPart(route))))
    expect(ours).toContain('users')
  })
})
