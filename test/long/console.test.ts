import { expect } from 'vitest'
import { expectNames, names, search, test } from '../support/console-page.ts'

const count = 1_000_000

test('the console shows a million users within a second, and finds one of them', async ({
  browser,
  service,
  database,
  openConsole,
}) => {
  await database.query(
    `insert into users (name, email)
     select 'Person ' || n, 'person.' || n || '@example.com' from generate_series(1, ${count}) as n`,
  )
  await database.query('analyze users')
  const times: number[] = []

  // The best of three: other programs only add to it.
  for (let turn = 0; turn < 3; turn += 1) {
    const page = await browser.newPage({ baseURL: service.url.href })
    const start = performance.now()
    await page.goto('/console')
    await page.getByRole('button', { name: `Person ${count}`, exact: true }).waitFor()
    times.push(performance.now() - start)
    await page.close()
  }
  const { page } = await openConsole()
  await expect.poll(async () => (await names(page)).length).toBe(25)
  await search(page).fill('person.765432@')
  await expectNames(page, ['Person 765432'])
  await page.getByRole('button', { name: 'Count all' }).click()
  await page.getByText(/in all|Search too broad/).waitFor()

  expect(Math.min(...times)).toBeLessThan(1_000)
}, 1_800_000)
