import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from 'vitest'
import { readColumnMap } from '../../scripts/users/import/columns.ts'
import { diskFile } from '../../scripts/users/import/disk-file.ts'
import { encodingName } from '../../scripts/users/import/encoding.ts'
import { openSource, readSource } from '../../scripts/users/import/source.ts'

export type SourceOptions = { encoding?: string; separator?: string; map?: readonly string[] }

/** With a folder for a file of users. */
// biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
export const test = base.extend('directory', async ({}, { onCleanup }) => {
  const directory = await mkdtemp(join(tmpdir(), 'edge-users-files-'))
  onCleanup(() => rm(directory, { recursive: true }))
  return directory
})

/** A CSV file with this content, as the import understands it. */
export async function sourceOf(
  directory: string,
  content: string | Buffer,
  options: SourceOptions = {},
) {
  const file = join(directory, 'users.csv')
  await writeFile(file, content)
  const { encoding, separator, map = [] } = options
  return openSource(diskFile(file), { format: 'csv', encoding, separator, map: readColumnMap(map) })
}

/** The users of a file, with the line and the fault of what is none. */
export async function usersOf(
  directory: string,
  content: string | Buffer,
  options: SourceOptions = {},
) {
  const source = await sourceOf(directory, content, options)
  const records = await Array.fromAsync(readSource(source, source.file.chunks()))
  const found = records
    .flat()
    .map(({ line, user, fault }) => (user ? `${user.name} <${user.email}>` : `${line}: ${fault}`))
  return { encoding: encodingName(source.encoding), separator: source.layout?.separator, found }
}

/** They as one text, or why the file is refused. */
export const outcomeOf = (
  directory: string,
  content: string | Buffer,
  options: SourceOptions = {},
): Promise<string> =>
  usersOf(directory, content, options).then(
    ({ found }) => `read: ${found.join()}`,
    (error: unknown) => String(error instanceof Error && error.message).replaceAll(directory, ''),
  )
