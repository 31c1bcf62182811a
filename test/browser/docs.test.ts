// Takes over ten seconds: Chromium, and a page that loads the whole contract for each test.

import { describe, expect } from 'vitest'
import { test } from '../support/browser.ts'
import { ada, grace } from '../support/people.ts'

describe('/docs in a browser', () => {
  test('lists the operations, and has nothing to complain of', async ({ open }) => {
    const { page, complaints } = await open('/docs')

    const operations = page.locator('.opblock')
    await operations.first().waitFor()

    expect(await page.title()).toBe('edge-users API')
    expect(await operations.allInnerTexts()).toContainEqual(
      expect.stringMatching(/GET\s+\/users\b/),
    )
    expect(complaints).toEqual([])
  })

  test('tries an operation on the service that serves it, with no filter set', async ({
    open,
    service,
  }) => {
    await service.request('POST', '/users', ada)
    await service.request('POST', '/users', grace)
    const { page, complaints } = await open('/docs')

    const listUsers = page
      .locator('.opblock-get')
      .filter({ has: page.getByText('/users', { exact: true }) })
    await listUsers.locator('.opblock-summary-control').click()
    await listUsers.getByRole('button', { name: 'Execute' }).click()
    const answer = listUsers.locator('.live-responses-table')
    await answer.waitFor()

    const text = await answer.innerText()
    expect(text).toMatch(/200.*"email": "ada@example\.com".*"email": "grace@example\.com"/s)
    expect(complaints).toEqual([])
  })

  test('takes the colours that the reader prefers', async ({ open }) => {
    const { page } = await open('/docs')
    const background = () =>
      page.evaluate('getComputedStyle(document.documentElement).backgroundColor')

    await page.emulateMedia({ colorScheme: 'light' })
    const light = await background()
    await page.emulateMedia({ colorScheme: 'dark' })

    await expect.poll(background).not.toBe(light)
  })
})
