import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { test as base, describe, expect } from 'vitest'

const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('directory', async ({}, { onCleanup }) => {
    const directory = await mkdtemp(join(tmpdir(), 'edge-users-node-'))
    onCleanup(() => rm(directory, { recursive: true }))
    await mkdir(join(directory, 'node_modules/.bin'), { recursive: true })
    await mkdir(join(directory, 'old'))
    // A Node that is too old refuses what it does not know.
    await writeFile(join(directory, 'old/node'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    return directory
  })

/** As npm 10 leaves them: the packages without the command `node`. */
async function addNode(directory: string) {
  for (const name of await readdir('node_modules')) {
    if (/^node-/.test(name)) {
      await symlink(resolve('node_modules', name), join(directory, 'node_modules', name))
    }
  }
}

const run = (directory: string, command: string) =>
  promisify(execFile)('/bin/sh', ['-c', `. ${resolve('scripts/node.sh')} && ${command}`], {
    cwd: directory,
    env: { PATH: [join(directory, 'old'), '/usr/bin', '/bin'].join(delimiter) },
  })

describe('scripts/node.sh', () => {
  test('gives every npm script the Node of the project, many at once too', async ({
    directory,
  }) => {
    await addNode(directory)

    const outputs = await Promise.all(
      Array.from({ length: 8 }, () => run(directory, 'node --version')),
    )

    expect(outputs.map(({ stdout }) => stdout)).toEqual(outputs.map(() => 'v26.10.0\n'))
    expect(outputs.map(({ stderr }) => stderr).join('')).toBe('')
    const forNpx = join(directory, 'node_modules/.bin/node')
    expect((await promisify(execFile)(forNpx, ['--version'])).stdout).toBe('v26.10.0\n')
  })

  test('does so when it may not write', async ({ directory }) => {
    await addNode(directory)
    await rm(join(directory, 'node_modules/.bin'), { recursive: true })
    await writeFile(join(directory, 'node_modules/.bin'), '')

    expect(await run(directory, 'node --version')).toEqual({ stdout: 'v26.10.0\n', stderr: '' })
  })

  test('says what to do when there is none', async ({ directory }) => {
    await expect(run(directory, 'node --version')).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^Node 26 is missing: run `npm ci`, which brings it\./),
    })
  })

  test('stands before every script of package.json', async () => {
    const { scripts } = JSON.parse(await readFile('package.json', 'utf8'))

    for (const script of Object.values(scripts)) {
      expect(script).toMatch(/^\. scripts\/node\.sh( && |.*; node scripts\/doctor\/doctor\.js$)/)
    }
  })
})
