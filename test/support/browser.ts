import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright-core'
import { collectComplaints } from './complaints.ts'
import { test as base } from './shared-test.ts'

const names = ['chromium', 'chromium-browser', 'google-chrome']

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The browser of this machine. Throws, with what to do, when there is none. */
function findChromium(): string {
  const { CHROMIUM_PATH, PATH = '' } = process.env
  const folders = PATH.split(delimiter)
  const candidates = CHROMIUM_PATH
    ? [CHROMIUM_PATH]
    : names.flatMap((name) => folders.map((folder) => join(folder, name)))
  const found = candidates.find(isExecutable)

  if (found === undefined) {
    throw new Error(
      `There is no browser (${CHROMIUM_PATH || names.join(', ')}): install Chromium, or set ` +
        'CHROMIUM_PATH to the program.',
    )
  }
  return found
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** A browser for which these hosts are this machine, as for a page whose name was rebound. */
export const launchChromium = (hosts: readonly string[] = []) =>
  chromium.launch({
    executablePath: findChromium(),
    args: [
      ...args,
      ...(hosts.length > 0
        ? [`--host-resolver-rules=${hosts.map((host) => `MAP ${host} 127.0.0.1`).join(', ')}`]
        : []),
    ],
  })

/** Of all files of a process. */
let shared: ReturnType<typeof launchChromium> | undefined

/**
 * `open` shows a page of the `service`, which the files of a process share. `complaints` fills with what no page may do: an
 * error or a warning in the console, and a request to another host.
 */
export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('browser', { scope: 'worker' }, async ({}, { onCleanup }) => {
    if (!shared) {
      const launching = launchChromium()
      shared = launching
      launching.catch(() => {
        shared = undefined
      })
      onCleanup(async () => (await launching).close())
    }
    return shared
  })
  .extend('open', async ({ browser, service }, { onCleanup }) => {
    const context = await browser.newContext({ baseURL: service.url.href })
    onCleanup(() => context.close())

    return async (path: string) => {
      const page = await context.newPage()
      const complaints = collectComplaints(page, service.url.origin)
      await page.goto(path, { waitUntil: 'networkidle' })
      return { page, complaints }
    }
  })
