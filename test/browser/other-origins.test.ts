// Takes over ten seconds: Chromium, beside an `npm run dev` from its first start.

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Page } from 'playwright-core'
import { test as base, describe, expect } from 'vitest'
import { launchChromium } from '../support/browser.ts'
import { type Dev, startDev } from '../support/dev.ts'

const port = 18_789

const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('dev', { scope: 'file' }, async ({}, { onCleanup }) => {
    const dev = await startDev(port)
    onCleanup(() => dev.close())
    return dev
  })
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('browser', { scope: 'file' }, async ({}, { onCleanup }) => {
    const browser = await launchChromium(['evil.test'])
    onCleanup(() => browser.close())
    return browser
  })
  .extend('page', async ({ browser }, { onCleanup }) => {
    // Each in a profile of its own.
    const page = await browser.newPage()
    onCleanup(() => page.close())
    return page
  })
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('site', { scope: 'file' }, async ({}, { onCleanup }) => {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<title>evil</title>')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onCleanup(() => void server.close())
    const address = server.address()
    return `http://evil.test:${typeof address === 'object' ? address?.port : ''}/`
  })

type Attempt = {
  url: string
  init?: { method?: string; mode?: 'no-cors'; headers?: Record<string, string>; body?: string }
}

/** What a script of the page gets: the status and the body, or that the browser refused. */
const ask = (page: Page, attempt: Attempt): Promise<string> =>
  page.evaluate(
    ({ url, init }) =>
      fetch(url, init).then(
        async (answer) => `${answer.status} ${await answer.text()}`,
        () => 'refused',
      ),
    attempt,
  )

const newUser = JSON.stringify({ name: 'Mallory', email: 'mallory@evil.test' })
const json = { 'Content-Type': 'application/json' }
const forged = { 'MF-Original-URL': 'http://localhost/users' }

/** Whatever the page was told: the users are those of the first start. */
async function expectUnchanged({ url }: Dev) {
  const answer = await fetch(new URL('/users?limit=100', url))
  const users: unknown = await answer.json()
  expect(users).toHaveLength(25)
  expect(JSON.stringify(users)).not.toContain('Mallory')
}

describe('a page in Chromium, with npm run dev', () => {
  test('of a name that was rebound to this machine can neither read nor write', async ({
    dev,
    page,
  }) => {
    await page.goto(`http://evil.test:${port}/docs`)
    const url = '/users'

    const answers = [
      await ask(page, { url }),
      await ask(page, { url, init: { headers: forged } }),
      await ask(page, {
        url,
        init: { method: 'POST', headers: { ...json, ...forged }, body: newUser },
      }),
      await ask(page, {
        url: '/users/1',
        init: { method: 'DELETE', headers: { 'MF-Original-URL': 'http://localhost/users/1' } },
      }),
    ]

    for (const answer of answers) {
      expect(answer).toMatch(/^403 .*local-only/)
    }
    await expectUnchanged(dev)
  })

  test('of another origin can neither read nor write', async ({ dev, page, site }) => {
    await page.goto(site)
    const url = new URL('/users', dev.url).href
    const one = new URL('/users/1', dev.url).href

    const answers = [
      await ask(page, { url }),
      await ask(page, { url, init: { headers: forged } }),
      await ask(page, { url, init: { method: 'POST', headers: json, body: newUser } }),
      await ask(page, { url, init: { method: 'POST', body: newUser } }),
      await ask(page, { url: one, init: { method: 'DELETE' } }),
    ]
    // Sent, though the page may not look at the answer.
    await ask(page, { url, init: { method: 'POST', mode: 'no-cors', body: newUser } })

    expect(answers).toEqual(answers.map(() => 'refused'))
    await expectUnchanged(dev)
  })

  test('of its own may do all: /docs is one', async ({ dev, page }) => {
    await page.goto(new URL('/docs', dev.url).href)

    expect(await ask(page, { url: '/users?limit=1' })).toMatch(/^200 \[\{"id":/)
    expect(
      await ask(page, { url: '/users/1', init: { method: 'PATCH', headers: json, body: '{}' } }),
    ).toMatch(/^200 /)
  })
})
