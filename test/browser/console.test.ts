// Takes over ten seconds: Chromium, and a whole walk through a page for each test.

import { describe, expect } from 'vitest'
import {
  button,
  expectNames,
  names,
  openUser,
  panel,
  search,
  test,
  violations,
} from '../support/console-page.ts'
import { insertPeople } from '../support/insert-people.ts'
import { ada, grace, people } from '../support/people.ts'

describe('the console', () => {
  test('finds a user by half a name as one types, and mends the email', async ({
    openConsole,
    service,
    database,
  }) => {
    await insertPeople(database, [...people(30), ada, grace])
    const { page, complaints } = await openConsole()

    await search(page).pressSequentially('velac')
    await expectNames(page, ['Ada Lovelace'])
    const opened = await openUser(page, 'Ada Lovelace')
    await opened.getByLabel('Email').fill('ada@king.example.com')
    await button(page, 'Save').click()
    await page.getByText('Saved.', { exact: true }).waitFor()

    const { body } = await service.request('GET', '/users/31')
    expect(body).toMatchObject({ ...ada, email: 'ada@king.example.com', version: 2 })
    await page.getByRole('cell', { name: 'ada@king.example.com' }).waitFor()
    expect(complaints).toEqual([])
  })

  test('pages both ways, sorts, and counts when asked', async ({ openConsole, database }) => {
    await insertPeople(database, 60)
    const { page, complaints } = await openConsole()
    await expect.poll(async () => (await names(page)).length).toBe(25)

    await button(page, /Next/).click()
    await page.getByText('25 users on page 2').waitFor()
    const second = await names(page)
    await button(page, /Next/).click()
    await page.getByText('10 users on page 3').waitFor()
    await button(page, /Previous/).click()
    await page.getByText('25 users on page 2').waitFor()

    expect(second[0]).toBe('Person 35')
    await expectNames(page, second)
    await button(page, 'Name').click()
    await page
      .getByRole('columnheader', { name: 'Name' })
      .and(page.locator('[aria-sort=ascending]'))
      .waitFor()
    await expect
      .poll(async () => (await names(page)).slice(0, 2))
      .toEqual(['Person 1', 'Person 10'])
    await button(page, 'Count all').click()
    await page.getByText('60 users in all').waitFor()
    expect(complaints).toEqual([])
  })

  test('needs one round trip for who calls, and one for the first list', async ({
    browser,
    service,
    database,
  }) => {
    await insertPeople(database, 30)
    const page = await browser.newPage({ baseURL: service.url.href })
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))

    await page.goto('/console')
    await expect.poll(async () => (await names(page)).length).toBe(25)
    await page.close()

    expect(asked.map((path) => path.replace(/-\w+\.js$/, '.js')).sort()).toEqual([
      '/console',
      '/console/chunk.js',
      '/console/console.css',
      '/console/console.js',
      '/docs/icon.svg',
      '/users',
      '/whoami',
    ])
  })

  test('shows no older answer over a newer one, and cancels what nobody waits for', async ({
    openConsole,
    database,
  }) => {
    await insertPeople(database, [ada, grace])
    const { page } = await openConsole()
    const cancelled: string[] = []
    page.on('requestfailed', (request) => cancelled.push(new URL(request.url()).search))
    const { promise: held, resolve: release } = Promise.withResolvers<void>()
    await page.route(/q=ada(?:&|$)/, async (route) => {
      await held
      await route.continue().catch(() => {})
    })

    const asked = page.waitForRequest(/q=ada(?:&|$)/)
    await search(page).fill('ada')
    await asked
    await search(page).fill('grace')
    await expectNames(page, ['Grace Hopper'])
    release()

    await expect.poll(() => cancelled.join()).toContain('q=ada')
    await expectNames(page, ['Grace Hopper'])
  })

  test('does everything by the keyboard alone', async ({ openConsole, service, database }) => {
    await insertPeople(database, people(3))
    const { page } = await openConsole()
    const { keyboard } = page
    const focused = () =>
      page.evaluate('document.activeElement?.innerText || document.activeElement?.id')
    await expectNames(page, ['Person 3', 'Person 2', 'Person 1'])

    await keyboard.press('/')
    expect(await focused()).toBe('search')
    await keyboard.press('ArrowDown')
    await keyboard.press('ArrowDown')
    expect(await focused()).toBe('Person 2')
    await keyboard.press('Enter')
    await panel(page).getByLabel('Name').waitFor()
    expect(await focused()).toBe('Person 2')
    await keyboard.press('Tab')
    await keyboard.press('Tab')
    expect(await focused()).toBe('name')
    await keyboard.type('Person Two')
    // A click beside it loses nothing.
    await button(page, 'Person 1').click()
    await page.getByText('Save or revert first what you have typed.').waitFor()
    await panel(page).getByLabel('Name').focus()
    // The first Escape takes back what is typed, the next one leaves.
    await keyboard.press('Escape')
    await expect.poll(() => panel(page).getByLabel('Name').inputValue()).toBe('Person 2')
    await keyboard.press('Control+A')
    await keyboard.type('Person Two')
    await keyboard.press('Enter')
    await page.getByText('Saved.', { exact: true }).waitFor()
    await keyboard.press('Escape')
    await panel(page).waitFor({ state: 'detached' })
    expect(await focused()).toBe('Person Two')

    await button(page, 'New user').focus()
    await keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await focused()).toBe('New user')
    expect(await service.request('GET', '/users/2')).toMatchObject({ body: { name: 'Person Two' } })
  })

  test('creates a user, and says beside the field what is wrong with one', async ({
    openConsole,
    service,
    database,
  }) => {
    await insertPeople(database, [ada])
    const { page } = await openConsole()

    await button(page, 'New user').click()
    const dialog = page.getByRole('dialog', { name: 'New user' })
    await dialog.getByLabel('Name').fill('Grace Hopper')
    await dialog.getByLabel('Email').fill('grace@example.com.')
    await button(page, 'Create user').click()
    await dialog.getByText('Must not end with a dot.').waitFor()
    await dialog.getByLabel('Email').fill('ADA@example.com')
    await button(page, 'Create user').click()
    await dialog.getByText('A user with this email already exists').waitFor()
    await dialog.getByLabel('Email').fill('grace@example.com')
    await button(page, 'Create user').click()

    await panel(page).getByRole('heading', { name: 'Grace Hopper' }).waitFor()
    await expectNames(page, ['Grace Hopper', 'Ada Lovelace'])
    const { body } = await service.request('GET', '/users?email=grace@example.com')
    expect(body).toMatchObject([grace])
  })

  test('shows names as text, whatever they try, and whichever way they run', async ({
    openConsole,
    database,
  }) => {
    const attempts = [
      { name: `<img src=x onerror="document.title='XSS'">`, email: 'img@example.com' },
      {
        name: `<script>document.title='XSS'</script>`,
        email: '"<svg/onload=alert(1)>"@example.com',
      },
      { name: 'مريم العذراء', email: 'maryam@example.com' },
      { name: 'W'.repeat(200), email: `${'w'.repeat(60)}@${'example.'.repeat(20)}com` },
    ]
    await insertPeople(
      database,
      attempts.filter(({ email }) => !email.startsWith('"')),
    )
    const { page, complaints } = await openConsole()

    await expectNames(
      page,
      attempts
        .map(({ name }) => name)
        .filter((_, index) => index !== 1)
        .toReversed(),
    )
    for (const name of await names(page)) {
      const opened = await openUser(page, name)
      expect(await opened.getByRole('heading', { level: 2 }).innerText()).toBe(name)
      await button(page, 'Delete…').click()
      await button(page, 'Keep').click()
      await button(page, 'Close the user').click()
    }
    await search(page).fill('<script>alert(1)</script>')
    await page.getByRole('heading', { name: '<script>alert(1)</script>' }).waitFor()

    expect(await page.title()).toBe('Users – edge-users console')
    expect(await page.locator('#console :is(img, script, svg, iframe)').count()).toBe(0)
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    expect(complaints).toEqual([])
  })

  test('says that there is nobody, and what to do then', async ({ openConsole }) => {
    const { page } = await openConsole()

    await page.getByRole('heading', { name: 'There are no users yet' }).waitFor()
    await button(page, 'Create the first one').click()

    await page.getByRole('dialog', { name: 'New user' }).waitFor()
  })

  test('can be used by everybody, as far as axe-core can tell', async ({
    openConsole,
    database,
  }) => {
    await insertPeople(database, [ada, grace])
    const { page } = await openConsole({ bypassCSP: true })
    const found: string[] = []
    const look = async () => found.push(...(await violations(page)))

    await expectNames(page, ['Grace Hopper', 'Ada Lovelace'])
    await openUser(page, 'Ada Lovelace')
    await button(page, 'Delete…').click()
    await look()
    await page.emulateMedia({ colorScheme: 'dark' })
    await look()
    await page.setViewportSize({ width: 390, height: 780 })
    await look()
    await button(page, 'Close the user').click()
    await button(page, 'New user').click()
    await look()

    expect(found).toEqual([])
  })
})
