import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'

/** Runs one tiny file of tests, outside the checkout and without its set-up. */
function runTests(...args: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'tests-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const config = join(folder, 'config.mjs')
  const settings = { dir: folder, globals: true, reporters: ['default'] }
  writeFileSync(config, `export default { test: ${JSON.stringify(settings)} }`)
  writeFileSync(join(folder, 'tiny.test.js'), `test('passes', () => {})`)

  const run = spawnSync('sh', ['scripts/test.sh', '--config', config, ...args], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `node_modules/.bin:${process.env['PATH']}` },
  })
  expect(run).toMatchObject({ status: 0, stdout: expect.stringContaining('1 passed') })
  return run.stdout
}

describe('npm test', () => {
  test('ends with the slowest files after --slow', { tags: ['slow'] }, () => {
    expect(runTests('--slow')).toMatch(/The slowest files:\n +\d\.\d s {2}\S+\/tiny\.test\.js\n/)
  })

  test('tells of no file otherwise', { tags: ['slow'] }, () => {
    expect(runTests()).not.toContain('slowest')
  })
})
