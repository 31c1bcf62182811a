import { describe, expect } from 'vitest'
import { test } from '../support/browser.ts'

describe('a problem in a browser', () => {
  test('is a page to read, with its own colours', async ({ open }) => {
    const { page, complaints } = await open('/problems/email-taken')

    const main = page.locator('main')

    expect(await main.innerText()).toMatch(/Email taken\n+409 Conflict.*What it means.*What to do/s)
    // The style sheet has arrived: text runs no wider than the eye can follow.
    expect((await main.boundingBox())?.width).toBeLessThan(800)
    expect(complaints).toEqual([])
  })

  test('is found from the list of all', async ({ open }) => {
    const { page, complaints } = await open('/problems')

    await page.getByRole('link', { name: 'No such user' }).click()

    await page.getByRole('heading', { name: 'No such user' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/problems/user-not-found')
    expect(complaints).toEqual([])
  })
})
