import { describe, expect } from 'vitest'
import { button, expectNames, openUser, panel, test, violations } from '../support/console-page.ts'
import { ada, grace } from '../support/people.ts'

describe('the console', () => {
  test('takes a deletion back, at once or later', async ({ openConsole, service }) => {
    await service.request('POST', '/users', ada)
    await service.request('POST', '/users', grace)
    const { page, complaints } = await openConsole({ bypassCSP: true })
    const remove = async (name: string) => {
      await openUser(page, name)
      await button(page, 'Delete…').click()
      await button(page, 'Delete').click()
      await page.getByText(`Deleted ${name}.`).waitFor()
    }

    await remove('Ada Lovelace')
    await expectNames(page, ['Grace Hopper'])
    await button(page, 'Undo').click()
    await page.getByText('Ada Lovelace is back.').waitFor()
    await expectNames(page, ['Grace Hopper', 'Ada Lovelace'])

    await remove('Grace Hopper')
    await button(page, 'Deleted').click()
    await page.getByRole('row', { name: 'Grace Hopper' }).waitFor()
    expect(await violations(page)).toEqual([])
    await button(page, 'Restore Grace Hopper').click()
    await page.getByRole('heading', { name: 'Nobody is deleted' }).waitFor()

    const { body } = await service.request('GET', '/users')
    expect(body).toMatchObject([
      { ...ada, version: 2 },
      { ...grace, version: 2 },
    ])
    expect(complaints).toEqual([])
  })

  test('shows what happened to a user, and what happens to all as it comes', async ({
    openConsole,
    service,
  }) => {
    await service.request('POST', '/users', ada)
    await service.request('PATCH', '/users/1', { name: 'Ada King' })
    const { page } = await openConsole({ bypassCSP: true })
    const rows = () =>
      page
        .locator('tbody tr')
        .evaluateAll((all) =>
          all.map((row) => [...row.children].slice(1, 4).map((cell) => cell.textContent)),
        )

    await openUser(page, 'Ada King')
    await panel(page).getByText('Changed name').waitFor()
    expect(await panel(page).getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringMatching(/^Changed name version 2\s+.*anyone/s),
      expect.stringMatching(/^Created .*version 1\s+.*anyone/s),
    ])
    await button(page, 'Events').click()
    await page.getByText('New ones appear here by themselves.').waitFor()
    await service.request('DELETE', '/users/1')

    await expect.poll(rows).toEqual([
      ['Deleted version 2', '1', 'anyone'],
      ['Changed name version 2', '1', 'anyone'],
      ['Created name and email version 1', '1', 'anyone'],
    ])
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: '1', exact: true }).first().click()
    await button(page, 'Restore the user').click()
    await panel(page).getByRole('heading', { name: 'Ada King' }).waitFor()
  })

  test('erases for good', async ({ openConsole, service }) => {
    await service.request('POST', '/users', ada)
    const { page } = await openConsole()

    await openUser(page, 'Ada Lovelace')
    await button(page, 'Erase for good…').click()
    await button(page, 'Erase').click()
    await page.getByText('Erased Ada Lovelace for good.').waitFor()

    expect(await button(page, 'Undo').count()).toBe(0)
    expect((await service.request('GET', '/users/deleted')).body).toEqual([])
  })
})
