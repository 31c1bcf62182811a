import { describe, expect } from 'vitest'
import { button, expectNames, openUser, panel, test } from '../support/console-page.ts'
import { insertPeople } from '../support/insert-people.ts'
import { ada, grace } from '../support/people.ts'

describe('a change in the console', () => {
  test('to a user whom somebody else has changed shows both versions, and lets one choose', async ({
    openConsole,
    service,
    database,
  }) => {
    await insertPeople(database, [ada])
    const { page } = await openConsole()
    const conflict = page.getByRole('alertdialog', { name: 'Somebody was faster' })
    const edit = async (name: string) => {
      await panel(page).getByRole('textbox', { name: 'Name' }).fill(name)
      await button(page, 'Save').click()
      await conflict.waitFor()
      return conflict.getByRole('row', { name: 'Name' }).getByRole('cell').allInnerTexts()
    }
    await openUser(page, 'Ada Lovelace')

    await service.request('PATCH', '/users/1', { name: 'Ada King' })
    expect(await edit('Ada Byron')).toEqual(['Ada King', 'Ada Byron'])
    await button(page, 'Take theirs').click()
    await panel(page).getByRole('heading', { name: 'Ada King' }).waitFor()
    expect((await service.request('GET', '/users/1')).body).toMatchObject({ name: 'Ada King' })

    await service.request('PATCH', '/users/1', { email: 'king@example.com' })
    expect(await edit('Ada Byron')).toEqual(['Ada King', 'Ada Byron'])
    await button(page, 'Save mine over it').click()
    await page.getByText('Saved.', { exact: true }).waitFor()
    expect((await service.request('GET', '/users/1')).body).toMatchObject({
      name: 'Ada Byron',
      version: 4,
    })
  })

  test('to an email that is taken names the field, and finds who has it', async ({
    openConsole,
    database,
  }) => {
    await insertPeople(database, [ada, grace])
    const { page } = await openConsole()
    const opened = await openUser(page, 'Grace Hopper')

    await opened.getByLabel('Email').fill(ada.email)
    await button(page, 'Save').click()
    await opened.getByText('A user with this email already exists').waitFor()
    expect(await opened.getByLabel('Email').getAttribute('aria-invalid')).toBe('true')
    await button(page, 'Find who has it').click()

    await expectNames(page, ['Ada Lovelace'])
  })

  test('whose answer was lost is compared with what is there', async ({
    openConsole,
    database,
  }) => {
    await insertPeople(database, [ada])
    const { page } = await openConsole()
    await page.route('**/users/1', async (route) => {
      if (route.request().method() === 'PATCH') {
        await route.fetch()
        await route.abort('connectionreset')
      } else {
        await route.continue()
      }
    })
    const opened = await openUser(page, 'Ada Lovelace')

    await opened.getByLabel('Name').fill('Ada King')
    await button(page, 'Save').click()
    await page.getByText('No answer.').waitFor()
    await button(page, 'See what is there').click()

    await opened.getByRole('heading', { name: 'Ada King' }).waitFor()
    await expect.poll(() => button(page, 'Save').isVisible()).toBe(false)
  })

  test('to a user who is deleted meanwhile says so', async ({ openConsole, service, database }) => {
    await insertPeople(database, [ada])
    const { page } = await openConsole()
    const opened = await openUser(page, 'Ada Lovelace')

    await service.request('DELETE', '/users/1')
    await opened.getByLabel('Name').fill('Ada King')
    await button(page, 'Save').click()

    await page.getByRole('alertdialog', { name: 'The user is not there any more' }).waitFor()
    await button(page, 'Close').click()
    await panel(page).waitFor({ state: 'detached' })
  })
})

describe('a deletion in the console', () => {
  test('is asked for once, and is of the version that was seen', async ({
    openConsole,
    service,
    database,
  }) => {
    await insertPeople(database, [ada, grace])
    const { page } = await openConsole()
    const opened = await openUser(page, 'Ada Lovelace')

    await service.request('PATCH', '/users/1', { name: 'Ada King' })
    await button(page, 'Delete…').click()
    await button(page, 'Delete').click()
    await opened.getByText('Precondition failed.').waitFor()
    await opened.getByRole('heading', { name: 'Ada King' }).waitFor()
    await button(page, 'Delete…').click()
    await button(page, 'Delete').click()

    await page.getByText('Deleted Ada King.').waitFor()
    await expectNames(page, ['Grace Hopper'])
    expect((await service.request('GET', '/users/1')).status).toBe(404)
  })
})
