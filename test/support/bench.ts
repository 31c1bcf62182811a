import { chmod, glob, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect } from 'vitest'
import { linkProject } from './project.ts'

/** A `project` in which the bench can be run, and a `temporary` folder for all that it makes. */
export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('project', async ({}, { onCleanup }) => {
    const project = await linkProject()
    onCleanup(() => project.remove())
    for (const part of ['bench', 'openapi.json', 'site']) {
      await project.link(part)
    }
    return project
  })
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('temporary', async ({}, { onCleanup }) => {
    const folder = await mkdtemp(join(tmpdir(), 'edge-users-bench-test-'))
    onCleanup(() => rm(folder, { recursive: true, force: true }))
    // For root, PostgreSQL runs as another user.
    await chmod(folder, 0o777)
    return folder
  })

/** Every process of the bench inherits its temporary folder; PostgreSQL names it as its own. */
export async function processesWith(folder: string): Promise<string[]> {
  const files = await Array.fromAsync(glob('/proc/[0-9]*/{cmdline,environ}'))
  const texts = await Promise.all(
    files.map(async (file) => ({ file, text: await readFile(file, 'utf8').catch(() => '') })),
  )
  return texts.flatMap(({ file, text }) => (text.includes(folder) ? [file] : []))
}

export async function expectNothingLeft(folder: string) {
  await expect.poll(() => processesWith(folder)).toEqual([])
  expect(await readdir(folder)).toEqual([])
}
