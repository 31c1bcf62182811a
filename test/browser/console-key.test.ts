import { startEndpoint } from 'neon-local'
import type { Page } from 'playwright-core'
import { describe, expect, inject } from 'vitest'
import {
  test as base,
  button,
  expectNames,
  openUser,
  panel,
  search,
} from '../support/console-page.ts'
import { createSpoilers } from '../support/faults.ts'
import { insertPeople } from '../support/insert-people.ts'
import { acceptKeys, testKey } from '../support/keys.ts'
import { ada, grace } from '../support/people.ts'
import { startService } from '../support/service.ts'
import { asWorker } from '../support/worker-role.ts'

const all = testKey('support')
const reader = testKey('reader', ['users:read'])
const writer = testKey('writer', ['users:write'])

/** A service that asks for keys, and a database that can be spoilt. */
const test = base.extend('locked', { scope: 'file' }, async ({ shared }, { onCleanup }) => {
  const { faults, spoil } = createSpoilers()
  const endpoint = await startEndpoint({ postgresUrl: inject('postgresUrl'), faults })
  const service = await startService(inject('workerDir'), {
    ...acceptKeys(all, reader, writer),
    DATABASE_URL: asWorker(shared.database.url),
    NEON_ENDPOINT: endpoint.url,
  })
  onCleanup(async () => {
    await service.close()
    await endpoint.close()
  })
  return { service, spoil }
})

async function enter(page: Page, key: string) {
  await page.getByLabel('API key or access token').fill(key)
  await button(page, 'Continue').click()
}

describe('the console of a service that asks for keys', () => {
  test('says what is wrong with a key, and what a good one allows', async ({
    openConsole,
    locked,
    database,
  }) => {
    await insertPeople(database, [ada])
    const { page } = await openConsole(undefined, locked.service)

    await enter(page, testKey('stranger').key)
    await page.getByText('The credential is not valid, or not any more.').waitFor()
    await enter(page, `Bearer ${reader.key} `)
    await expectNames(page, ['Ada Lovelace'])

    expect(await page.getByRole('banner').innerText()).toMatch(/key:reader\s+read\s+Sign out/)
  })

  test('offers nothing that the key does not allow', async ({ openConsole, locked, database }) => {
    await insertPeople(database, [ada])
    const { page } = await openConsole(undefined, locked.service)
    const buttons = () => page.getByRole('button').allInnerTexts()

    await enter(page, reader.key)
    const opened = await openUser(page, 'Ada Lovelace')
    expect(await opened.getByLabel('Name').getAttribute('readonly')).not.toBeNull()
    expect(
      (await buttons()).filter((name) => /New|Import|Export|Delete|Erase|Save|Events/.test(name)),
    ).toEqual([])
    await button(page, 'Sign out').click()
    await enter(page, writer.key)
    await page.getByRole('heading', { name: 'This key does not show users' }).waitFor()
    await button(page, 'New user').click()
    await page.getByRole('dialog').getByLabel('Name').fill(grace.name)
    await page.getByRole('dialog').getByLabel('Email').fill(grace.email)
    await button(page, 'Create user').click()

    await page.getByText('Created Grace Hopper.').waitFor()
  })

  test('keeps no key, no name and no email anywhere but on the page', async ({
    openConsole,
    locked,
    database,
  }) => {
    const canary = { name: 'Canary Canarius', email: 'canary@example.com' }
    await insertPeople(database, [canary])
    const { page, complaints } = await openConsole({}, locked.service)

    await enter(page, all.key)
    await search(page).fill('canary')
    const opened = await openUser(page, canary.name)
    await opened.getByLabel('Email').fill('canary@canary.example.com')
    await button(page, 'Save').click()
    await page.getByText('Saved.', { exact: true }).waitFor()
    const kept = await page.evaluate<string>(`(async () => JSON.stringify([
      location.href, document.cookie, { ...localStorage }, { ...sessionStorage },
      await indexedDB.databases(), await caches.keys(), history.length, history.state, name]))()`)
    const state = JSON.stringify(await page.context().storageState())
    await page.goto('/console')

    expect(kept).toBe(
      JSON.stringify([`${locked.service.url}console`, '', {}, {}, [], [], 2, null, '']),
    )
    expect(state).toBe(JSON.stringify({ cookies: [], origins: [] }))
    await page.getByLabel('API key or access token').waitFor()
    const log = () => locked.service.logs().join('\n')
    await expect.poll(log).toContain('"route":"/users/:id"')
    expect(log().toLowerCase()).not.toContain('canar')
    expect(log()).not.toContain(all.key.slice(10))
    // Of the question whether a key is needed at all.
    expect(complaints.filter((each) => !each.includes('401'))).toEqual([])
  })

  test('asks for another when the key is refused meanwhile', async ({
    openConsole,
    locked,
    database,
  }) => {
    await insertPeople(database, [ada])
    const { page } = await openConsole(undefined, locked.service)
    await enter(page, all.key)
    await expectNames(page, ['Ada Lovelace'])

    await page.route('**/users?*', (route) =>
      route.continue({ headers: { ...route.request().headers(), authorization: 'Bearer none' } }),
    )
    await button(page, 'Email').click()

    await page.getByText('The credential is not valid, or not any more.').waitFor()
    await page.getByLabel('API key or access token').waitFor()
  })

  test('says that the database is away or slow, and goes on when it is back', async ({
    openConsole,
    locked,
    database,
  }) => {
    await insertPeople(database, [ada])
    const { page } = await openConsole(undefined, locked.service)

    locked.spoil('unavailable')
    await enter(page, all.key)
    await page.getByText('Database unavailable.').waitFor()
    expect(await page.getByRole('link', { name: 'What to do' }).getAttribute('href')).toBe(
      '/problems/database-unavailable',
    )
    locked.spoil('latency=3000')
    await button(page, 'Try again').click()
    await page.getByText('The database takes its time.').waitFor()
    locked.spoil(undefined)
    await expectNames(page, ['Ada Lovelace'])

    expect(await page.getByText('Database unavailable.').count()).toBe(0)
    expect(await panel(page).count()).toBe(0)
  })
})
