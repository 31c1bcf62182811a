import { glob, readFile } from 'node:fs/promises'
import { describe, expect } from 'vitest'
import { problems } from '../../src/problem-statuses.ts'
import type { Service } from '../support/service.ts'
import { testWithWrangler } from '../support/wrangler-test.ts'

const test = testWithWrangler()

const policy =
  "default-src 'none'; base-uri 'none'; connect-src 'self'; font-src 'self'; " +
  "form-action 'none'; frame-ancestors 'none'; img-src 'self' data:; script-src 'self'; " +
  "style-src 'self'"

const consolePolicy =
  "default-src 'none'; base-uri 'none'; connect-src 'self'; font-src 'self'; " +
  "form-action 'none'; frame-ancestors 'none'; img-src 'self'; script-src 'self'; " +
  "style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"

const get = ({ url }: Service, path: string, init?: RequestInit) =>
  fetch(new URL(path, url), { redirect: 'manual', ...init })

describe('a page', () => {
  test.for([
    ['/docs', 'text/html; charset=utf-8'],
    ['/docs/', 'text/html; charset=utf-8'],
    ['/docs/docs.js', 'text/javascript; charset=utf-8'],
    ['/docs/swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
    ['/docs/swagger-ui.css', 'text/css; charset=utf-8'],
    ['/docs/icon.svg', 'image/svg+xml'],
    ['/console', 'text/html; charset=utf-8'],
    ['/console/console.js', 'text/javascript; charset=utf-8'],
    ['/console/console.css', 'text/css; charset=utf-8'],
    ['/console/LICENSE.txt', 'text/plain; charset=utf-8'],
    ['/openapi.json', 'application/json'],
    ['/problems', 'text/html; charset=utf-8'],
    ['/problems/', 'text/html; charset=utf-8'],
    ['/problems/email-taken', 'text/html; charset=utf-8'],
  ] as const)(
    '%s is served as %s, and may load nothing foreign',
    async ([path, type], { service }) => {
      const answer = await get(service, path)
      const head = await get(service, path, { method: 'HEAD' })

      expect((await answer.text()).length).toBeGreaterThan(100)
      expect(await head.text()).toBe('')
      for (const { status, headers } of [answer, head]) {
        expect(status).toBe(200)
        expect(headers.get('Content-Type')).toBe(type)
        expect(headers.get('Content-Security-Policy')).toBe(
          path.startsWith('/console') ? consolePolicy : policy,
        )
        expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
        expect(headers.get('X-Request-Id')).not.toBeNull()
      }
    },
  )

  test('/ leads to /docs', async ({ service }) => {
    const answer = await get(service, '/')

    expect(answer.status).toBe(302)
    expect(answer.headers.get('Location')).toBe('/docs')
  })

  test.for([
    '/docs.html',
    '/console.html',
    '/console/nowhere.js',
    '/console/..%2Fopenapi.json',
    '/docs/nowhere.js',
    '/docs/..%2Fopenapi.json',
    '/docs/docs.js/more',
    '/problems/email-taken.html',
    '/problems/EMAIL-TAKEN',
    '/problems/..%2Fdocs',
    '/problems.html',
    '/favicon.ico',
  ])('does not stand at %s', async (path, { service }) => {
    const answer = await service.request('GET', path)

    expect(answer).toMatchObject({ status: 404, body: { type: '/problems/not-found' } })
  })

  test.for(['/', '/docs', '/docs/docs.js', '/openapi.json', '/problems', '/problems/no-users'])(
    '%s is for reading only',
    async (path, { service }) => {
      const answer = await service.request('POST', path, {})

      expect(answer).toMatchObject({ status: 405, body: { type: '/problems/method-not-allowed' } })
      expect(answer.headers.get('Allow')).toBe('GET, HEAD, OPTIONS')
    },
  )

  test('of our own names no other host', async () => {
    const sources = await Array.fromAsync(glob('site/{,console/**/}*.{html,css,js,ts,tsx}'))
    expect(sources.length).toBeGreaterThan(3)

    for (const source of sources) {
      expect(await readFile(source, 'utf8'), source).not.toMatch(/(?:https?:)?\/\/\w/)
    }
  })
})

describe('GET /problems/:code', () => {
  test.for(Object.entries(problems))(
    'explains %s',
    async ([code, { status, title }], { service }) => {
      const answer = await get(service, `/problems/${code}`)
      const html = await answer.text()

      expect(answer.status).toBe(200)
      expect(html).toContain(`<h1>${title}</h1>`)
      expect(html).toMatch(new RegExp(`${status} [A-Z].*/problems/${code}`))
      expect(html).toMatch(/<h2>What to do<\/h2>\s+<ul>\s+<li>[^`[\]]+<\/li>/)
    },
  )

  test('is named by the `type` of the problem', async ({ service }) => {
    const { body } = await service.request('GET', '/users/1')

    const page = await get(service, Object(body).type)

    expect(await page.text()).toContain('<h1>No such user</h1>')
  })
})

describe('GET /problems', () => {
  test('lists every problem', async ({ service }) => {
    const html = await (await get(service, '/problems')).text()

    const listed = [...html.matchAll(/href="\/problems\/([\w-]+)"/g)].map(([, code]) => code)
    expect(new Set(listed)).toEqual(new Set(Object.keys(problems)))
  })

  test('are kept by a browser, and asked for anew', async ({ service }) => {
    const first = await fetch(new URL('/docs/swagger-ui-bundle.js', service.url))
    const again = await fetch(new URL('/docs/swagger-ui-bundle.js', service.url), {
      headers: { 'If-None-Match': first.headers.get('ETag') ?? '' },
    })
    await first.arrayBuffer()

    expect(first.headers.get('Cache-Control')).toBe('public, max-age=0, must-revalidate')
    expect([again.status, await again.text()]).toEqual([304, ''])
  })
})
