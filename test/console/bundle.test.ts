import { glob, readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { buildConsole } from '../../scripts/build/console.ts'

const files = await buildConsole()
const scripts = [...files].filter(([name]) => name.endsWith('.js'))

describe('the script of the console', () => {
  test('is at most 60 KiB, and 30 before a file is imported', () => {
    const kib = (some: typeof scripts) =>
      some.reduce((sum, [, text]) => sum + gzipSync(text).length / 1_024, 0)

    expect(kib(scripts)).toBeLessThan(60)
    expect(kib(scripts.filter(([name]) => !name.startsWith('console/import-dialog')))).toBeLessThan(
      30,
    )
  })

  test('makes no HTML and no code of any text', async () => {
    const sources = await Array.fromAsync(glob('site/console/**/*.{ts,tsx}'))
    expect(sources.length).toBeGreaterThan(30)

    for (const source of sources) {
      expect(await readFile(source, 'utf8'), source).not.toMatch(
        /innerHTML|outerHTML|insertAdjacent|dangerously|document\.write|localStorage|sessionStorage|\.cookie/,
      )
    }
  })

  test('comes with the licenses of what is in it', () => {
    const licenses = `${files.get('console/LICENSE.txt')}`

    for (const name of ['preact', 'hono', 'zod', 'd3-dsv']) {
      expect(licenses).toMatch(new RegExp(`^${name}$`, 'm'))
    }
  })
})
