import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, describe, expect } from 'vitest'
import {
  appendPrivateFile,
  createPrivateFile,
  exchangePrivateFile,
  replacePrivateFile,
} from '../../scripts/command/private-file.ts'

const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('folder', async ({}, { onCleanup }) => {
    const folder = fs.mkdtempSync(join(tmpdir(), 'edge-users-files-'))
    onCleanup(() => fs.rmSync(folder, { recursive: true }))
    return folder
  })

const writers = {
  create: async (file: string) => (await createPrivateFile(file)).close(),
  append: async (file: string) => (await appendPrivateFile(file)).close(),
  replace: (file: string) => replacePrivateFile(file, 'secret'),
  exchange: (file: string) => exchangePrivateFile(file, 'secret'),
}

/** What somebody may have put where a file is to come, given the path of theirs. */
const planted: Record<string, (file: string, theirs: string) => void> = {
  'a link': (file, theirs) => fs.symlinkSync(theirs, file),
  'a link to nothing': (file, theirs) => fs.symlinkSync(`${theirs}.none`, file),
  'a second name': (file, theirs) => fs.linkSync(theirs, file),
  'a pipe': (file) => execFileSync('mkfifo', [file]),
  'a folder': (file) => fs.mkdirSync(file),
}

const cells = Object.keys(writers).flatMap((writer) =>
  Object.keys(planted).map((what) => [writer, what] as const),
)

const modeOf = (file: string) => fs.statSync(file).mode & 0o777

describe('a file for this user alone', () => {
  test.for(cells)('is not written by %s into %s', async ([writer, what], { folder }) => {
    const [file, theirs] = [join(folder, 'users.csv'), join(folder, 'theirs')]
    fs.writeFileSync(theirs, 'theirs')
    planted[what]?.(file, theirs)

    const write = Object.entries(writers).find(([name]) => name === writer)?.[1]

    await expect(write?.(file)).rejects.toThrow(`${file} `)
    expect(fs.readFileSync(theirs, 'utf8')).toBe('theirs')
    expect(fs.readdirSync(folder)).toEqual(['theirs', 'users.csv'])
  })

  test.skipIf(process.getuid?.() !== 0).for(['append', 'replace', 'exchange'] as const)(
    "is not written by %s into another user's",
    async (writer, { folder }) => {
      const file = join(folder, 'users.csv')
      fs.writeFileSync(file, 'theirs')
      fs.chownSync(file, 65_534, 65_534)

      await expect(writers[writer](file)).rejects.toThrow('belongs to another user')
      expect(fs.readFileSync(file, 'utf8')).toBe('theirs')
    },
  )

  test('is closed to others when it goes on, and replaced when it is written anew', async ({
    folder,
  }) => {
    const file = join(folder, 'users.csv')
    fs.writeFileSync(file, 'older', { mode: 0o644 })

    await writers.append(file)
    expect([modeOf(file), fs.readFileSync(file, 'utf8')]).toEqual([0o600, 'older'])
    await writers.replace(file)
    expect([modeOf(file), fs.readFileSync(file, 'utf8')]).toEqual([0o600, 'secret'])
    await expect(writers.create(file)).rejects.toThrow(`${file} is there already`)
    fs.writeFileSync(`${file}.partial`, 'of one that was killed')
    fs.chmodSync(file, 0o644)
    await writers.exchange(file)
    expect([modeOf(file), fs.readFileSync(file, 'utf8')]).toEqual([0o600, 'secret'])
    expect(fs.readdirSync(folder)).toEqual(['users.csv'])
  })
})
