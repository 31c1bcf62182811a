// Takes over ten seconds: Chromium, and a second for each attack.

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { startEndpoint } from 'neon-local'
import { portOf } from 'neon-local/loopback-server'
import type { Page } from 'playwright-core'
import { test as base, describe, expect, inject } from 'vitest'
import { launchChromium } from '../support/browser.ts'
import { createEmptyDatabase } from '../support/empty-database.ts'

/** A server at `origin` has a page, and `marks` is a database in which statements leave a mark. */
const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('origin', async ({}, { onCleanup }) => {
    const server = createServer((_, response) => {
      response.setHeader('Content-Type', 'text/html')
      response.end('<!doctype html><title>A page of somebody</title>')
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    onCleanup(() => {
      server.close()
      server.closeAllConnections()
    })
    return `http://app.localhost:${portOf(server)}`
  })
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('marks', async ({}, { onCleanup }) => {
    const database = await createEmptyDatabase(inject('postgresUrl'))
    await database.query('create table marks (made_by text)')
    onCleanup(() => database.drop())
    return database
  })
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('browser', { scope: 'file' }, async ({}, { onCleanup }) => {
    const browser = await launchChromium([reboundHost])
    onCleanup(() => browser.close())
    return browser
  })
  .extend('page', async ({ browser }, { onCleanup }) => {
    // Each in a profile of its own.
    const page = await browser.newPage()
    onCleanup(() => page.close())
    return page
  })

/** A name of somebody's, whose address has become that of this machine (DNS rebinding). */
const reboundHost = 'rebound.example'

const script = readFileSync(join(import.meta.dirname, 'attack.js'), 'utf8')

/** Nothing but the endpoint stands in the way. */
const attack = (page: Page, url: string, connection: string) =>
  page.evaluate<string[]>(`${script}; attack(...${JSON.stringify([url, connection])})`)

describe('a page of another origin', () => {
  test('runs nothing at the endpoint, and reads nothing of it', async ({ page, origin, marks }) => {
    await using stack = new AsyncDisposableStack()
    const endpoint = await startEndpoint({ postgresUrl: marks.url })
    stack.defer(() => endpoint.close())
    await page.goto(origin)

    const answers = await attack(page, endpoint.url, marks.url)
    await page.goto(`${endpoint.url}?query=select`)

    expect(answers).toEqual(['failed', 'failed', 'opaque 0', 'opaque 0'])
    expect(await marks.query('select * from marks')).toEqual([])
  })

  test('runs what it likes once its origin is allowed', async ({ page, origin, marks }) => {
    await using stack = new AsyncDisposableStack()
    const endpoint = await startEndpoint({ postgresUrl: marks.url, cors: [origin] })
    stack.defer(() => endpoint.close())
    await page.goto(origin)

    const [answer] = await attack(page, endpoint.url, marks.url)

    expect(answer).toBe('cors 200')
    // What a page sends without asking first has no connection string.
    expect((await marks.query('select * from marks')).length).toBe(2)
  })

  test('runs nothing when its name has come to mean this machine', async ({ page, marks }) => {
    await using stack = new AsyncDisposableStack()
    const endpoint = await startEndpoint({ postgresUrl: marks.url, cors: ['*'] })
    stack.defer(() => endpoint.close())
    const url = `http://${reboundHost}:${endpoint.port}/sql`
    await page.goto(url)

    // To the browser the page and the endpoint are of one origin now.
    const answers = await attack(page, url, marks.url)

    expect(answers).toEqual(['basic 403', 'basic 403', 'basic 403', 'basic 403'])
    expect(await marks.query('select * from marks')).toEqual([])
  })
})
