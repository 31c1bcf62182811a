// The picture in README and docs/console.md: `node scripts/build/picture.ts`, beside a new `npm run dev`.
import { writeFile } from 'node:fs/promises'
import { chromium } from 'playwright-core'
import { createClient } from '../../src/client.ts'

const baseURL = process.argv[2] ?? 'http://localhost:8787'
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})
const page = await browser.newPage({
  baseURL,
  viewport: { width: 1120, height: 560 },
  colorScheme: 'light',
  locale: 'en-GB',
})
const { users } = createClient(baseURL)
const ada = await users.create({ name: 'Ada Lovelace', email: 'ada@example.com' })
await users.create({ name: 'מרים כהן', email: 'miriam@example.com' })
await users.change(ada.id, { email: 'ada.lovelace@example.com' })
await page.goto('/console')
await page.getByRole('button', { name: 'Ada Lovelace' }).click()
await page.getByRole('complementary').getByLabel('Email').waitFor()
await page.getByText('Created name and email').waitFor()
await page.mouse.move(0, 0)
const png = `data:image/png;base64,${(await page.screenshot()).toString('base64')}`

// A third of the bytes.
await page.goto('about:blank')
const webp = await page.evaluate<string>(`(async () => {
  const image = Object.assign(new Image(), { src: '${png}' })
  await image.decode()
  const canvas = new OffscreenCanvas(image.width, image.height)
  canvas.getContext('2d').drawImage(image, 0, 0)
  const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.8 })
  return new Uint8Array(await blob.arrayBuffer()).toBase64()
})()`)
await writeFile('docs/console.webp', webp, 'base64')
await browser.close()
