import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'
import { test as base } from './browser.ts'
import { collectComplaints } from './complaints.ts'
import type { Service } from './service.ts'

export type ConsolePage = { page: Page; complaints: string[] }

/** Of the process: a new page costs more than all that a test does in it. The console keeps nothing. */
const kept = new Map<string, Promise<ConsolePage>>()

async function newPage(
  browser: Browser,
  { url }: Service,
  options: BrowserContextOptions,
): Promise<ConsolePage> {
  const context = await browser.newContext({
    baseURL: url.href,
    locale: 'en-GB',
    reducedMotion: 'reduce',
    ...options,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  // Of a test that has typed and not saved.
  page.on('dialog', (dialog) => dialog.accept())
  return { page, complaints: collectComplaints(page, url.origin) }
}

/**
 * `openConsole` shows the console of the `service`, or of another; with options in a context of its own.
 * `complaints` are as for `open`.
 */
export const test = base.extend('openConsole', async ({ browser, service: own }, { onCleanup }) => {
  const opened: Page[] = []
  onCleanup(async () => {
    await Promise.all(opened.map((page) => page.context().close()))
  })

  return async (options?: BrowserContextOptions, service = own): Promise<ConsolePage> => {
    const { origin } = service.url
    const opening = (!options && kept.get(origin)) || newPage(browser, service, options ?? {})
    const { page, complaints } = await opening
    if (options) {
      opened.push(page)
    } else {
      kept.set(origin, opening)
      await page.unrouteAll()
    }
    complaints.length = 0
    await page.goto('/console')
    await page.locator('main:not([aria-busy=true])').waitFor()
    return { page, complaints }
  }
})

export const search = (page: Page) => page.getByRole('searchbox', { name: 'Find users' })
export const panel = (page: Page) => page.getByRole('complementary')
export const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' })

/** The names that the list shows, once it has come to rest. */
export async function names(page: Page): Promise<string[]> {
  await page.locator('table[aria-busy=false]').first().waitFor({ state: 'attached' })
  return page.locator('.row-link').allInnerTexts()
}

export const expectNames = (page: Page, expected: readonly string[]) =>
  expect.poll(() => names(page)).toEqual(expected)

/** Opens the user of this name, and gives the panel once it has the user as the service has it. */
export async function openUser(page: Page, name: string) {
  const isUser = ({ pathname }: URL) => /^\/users\/\d+$/.test(pathname)
  const asked = page.waitForResponse((answer) => isUser(new URL(answer.url())))
  await button(page, name).click()
  await (await asked).finished()
  const opened = panel(page)
  await opened.getByLabel('Name').waitFor()
  return opened
}

const axe = fileURLToPath(import.meta.resolve('axe-core/axe.min.js'))

/** What axe-core finds fault with. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(axe, 'utf8'))
  return page.evaluate<string[]>(`axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa',
    'wcag22aa', 'best-practice'] }).then(({ violations }) => violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => id + ' ' + target + ': ' + failureSummary)))`)
}
