import { readFile } from 'node:fs/promises'
import { test as base } from 'vitest'
import { applyBlocks } from './document-blocks.ts'
import { copyProject } from './project-copy.ts'

/** A copy of this project to which docs/adding-a-resource.md was done. */
export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('copy', { scope: 'file' }, async ({}, { onCleanup }) => {
    const copy = await copyProject()
    onCleanup(copy.remove)
    const document = await readFile('docs/adding-a-resource.md', 'utf8')

    return { ...copy, files: await applyBlocks(document, copy.directory) }
  })
