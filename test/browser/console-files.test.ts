import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { button, expectNames, test, violations } from '../support/console-page.ts'
import { insertPeople } from '../support/insert-people.ts'
import { ada, grace, people } from '../support/people.ts'

const german = [
  'Vorname;Nachname;E-Mail',
  'Jörg;Müller;joerg@example.com',
  'Ada;Byron;ada@example.com',
  'Grace;Hopper;grace@example.com.',
  '=cmd;Calc;calc@example.com',
  '',
].join('\r\n')

const csv = (text: string) => ({
  name: 'people.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from(text, 'latin1'),
})

async function choose(page: Page, text: string) {
  await button(page, 'Import').click()
  await page.getByLabel('Choose a file').setInputFiles(csv(text))
}

async function downloaded(page: Page, click: () => Promise<void>) {
  const download = page.waitForEvent('download')
  await click()
  const file = await download
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') }
}

describe('an import in the console', () => {
  test('shows what was understood, imports it, and gives back what was refused', async ({
    openConsole,
    service,
    database,
  }) => {
    await insertPeople(database, [ada])
    const { page, complaints } = await openConsole()

    await choose(page, german)
    const dialog = page.getByRole('dialog', { name: 'Import users' })
    await dialog
      .getByText('is CSV in Windows-1252, separated by semicolons, with 4 records')
      .waitFor()
    await dialog.getByRole('row', { name: 'Jörg Müller joerg@example.com' }).waitFor()
    await dialog.getByRole('row', { name: '4 Email must not end with a dot.' }).waitFor()
    expect((await service.request('GET', '/users?count=exact')).headers.get('X-Total-Count')).toBe(
      '1',
    )

    await dialog.getByLabel('give that user the name in the file').check()
    await button(page, 'Import 3 users').click()
    await dialog.getByText('2 users created, 1 updated, 0 skipped, 1 refused.').waitFor()
    const refused = await downloaded(page, () => button(page, 'Save the refused records').click())
    await button(page, 'Done').click()

    expect(refused).toEqual({
      name: 'people.refused.csv',
      text: '\ufeffVorname;Nachname;E-Mail\r\nGrace;Hopper;grace@example.com.\r\n',
    })
    await expectNames(page, ['Jörg Müller', '=cmd Calc', 'Ada Byron'])
    expect(complaints).toEqual([])
  })

  test('asks where a file does not tell how to read it', async ({ openConsole }) => {
    const { page } = await openConsole({ bypassCSP: true })

    await choose(page, 'Given,Family,Contact\nZoe,Martin,zoe@example.com\n')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('It is not clear how to read this file.').waitFor()
    expect(await violations(page)).toEqual([])
    await dialog.getByLabel('Name').selectOption('Given')
    await dialog.getByLabel('and behind it').selectOption('Family')
    await dialog.getByLabel('Email').selectOption('Contact')

    await dialog.getByRole('row', { name: 'Zoe Martin zoe@example.com' }).waitFor()
    await button(page, 'Import 1 user').click()
    await dialog.getByText('1 user created').waitFor()
    expect(await violations(page)).toEqual([])
  })
})

describe('an export in the console', () => {
  test('is a file of all users, or of those that were found', async ({ openConsole, database }) => {
    await insertPeople(database, [...people(3), grace])
    const { page, complaints } = await openConsole()
    const exported = async () => {
      const { name, text } = await downloaded(page, () => button(page, 'Export').last().click())
      return { name: name.replace(/\d/g, '0'), lines: text.trim().split(/\r?\n/) }
    }

    await page.getByRole('searchbox').fill('grace')
    await expectNames(page, ['Grace Hopper'])
    await button(page, 'Export').click()
    const found = await exported()
    await page.getByText('Saved among your downloads.').waitFor()
    await page.getByLabel('All users').check()
    await page.getByLabel('NDJSON').check()
    const all = await exported()

    expect(found.name).toBe('users-0000-00-00.csv')
    expect(found.lines).toEqual([
      'id,name,email,version,createdAt,updatedAt',
      expect.stringMatching(/^4,Grace Hopper,grace@example\.com,1,/),
    ])
    expect(all.name).toBe('users-0000-00-00.ndjson')
    expect(all.lines).toHaveLength(4)
    expect(complaints).toEqual([])
  })
})
