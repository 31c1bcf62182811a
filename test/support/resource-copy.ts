import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { test as base } from 'vitest'
import { applyBlocks } from './document-blocks.ts'

const left = ['node_modules', '.git', '.data', '.dev.vars', 'dist']

/** A copy of this project to which docs/adding-a-resource.md was done. */
export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('copy', { scope: 'file' }, async ({}, { onCleanup }) => {
    const directory = await mkdtemp(join(tmpdir(), 'edge-users-resource-'))
    onCleanup(() => rm(directory, { recursive: true, force: true }))
    await cp('.', directory, {
      recursive: true,
      filter: (source) => !left.includes(basename(source)),
    })
    await symlink(resolve('node_modules'), join(directory, 'node_modules'))
    const files = await applyBlocks(await readFile('docs/adding-a-resource.md', 'utf8'), directory)

    return {
      files,
      /** Rejects with what the program printed, when it ends otherwise than well. */
      run: (program: string, ...args: readonly string[]) =>
        promisify(execFile)(program, args, { cwd: directory, maxBuffer: 2 ** 26 }).catch(
          ({ stdout, stderr }) => {
            throw new Error(`${program} ${args.join(' ')} has failed:\n${stdout}${stderr}`)
          },
        ),
    }
  })
