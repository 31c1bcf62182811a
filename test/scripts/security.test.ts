import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'

const security = await readFile('SECURITY.md', 'utf8')
const [, promised = ''] = /^## What is promised$(.*?)^## /ms.exec(security) ?? []
const promises = promised.split(/^- /m).slice(1)

const reference = /`((?:packages\/[\w-]+\/)?test\/[\w/-]+\.test\.ts)`: `([^`]+)`/g

describe('SECURITY.md', () => {
  test('names a test for each promise', () => {
    expect(promises.length).toBeGreaterThan(15)
    for (const promise of promises) {
      expect(promise).toMatch(reference)
    }
  })

  test.for([...promised.matchAll(reference)].map(([, file = '', title = '']) => [file, title]))(
    'names %s: %s',
    async ([file = '', title = '']) => {
      expect(await readFile(file, 'utf8')).toContain(`'${title}'`)
    },
  )
})

describe('the deployment', () => {
  test('wrangler.toml opens no second door, and keeps queries out of the log', async () => {
    const toml = await readFile('wrangler.toml', 'utf8')

    for (const line of [
      'workers_dev = false',
      'preview_urls = false',
      'redact_query_string = true',
      'run_worker_first = true',
    ]) {
      expect(toml.split('\n')).toContain(line)
    }
    expect(toml).not.toMatch(/^AUTH|NEON_ENDPOINT|DATABASE_URL *=|API_KEYS *=/m)
  })
})
