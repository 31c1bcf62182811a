import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, describe, expect } from 'vitest'
import { doesScriptRun } from '../support/install.ts'

const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('folder', async ({}, { onCleanup }) => {
    const folder = await mkdtemp(join(tmpdir(), 'edge-users-install-'))
    onCleanup(() => rm(folder, { recursive: true }))
    return folder
  })

describe('install scripts', () => {
  test('run of no package', { tags: ['slow'] }, async ({ folder }) => {
    expect(await doesScriptRun(folder, process.env)).toBe(false)
  })

  test('would run of this one, if .npmrc let them', { tags: ['slow'] }, async ({ folder }) => {
    expect(await doesScriptRun(folder, process.env, '--ignore-scripts=false')).toBe(true)
  })
})
