import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { migrationsFolder } from './files.ts'

const Journal = z.object({ entries: z.array(z.object({ tag: z.string() })) })
const Snapshot = z.object({ tables: z.record(z.string(), z.unknown()) })

const readJson = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(join(migrationsFolder, 'meta', name), 'utf8'))

/** The tables of the last migration, such as `public.users`, as its snapshot has them. */
export async function readTableNames(): Promise<string[]> {
  const { entries } = Journal.parse(await readJson('_journal.json'))
  const [number = ''] = entries.at(-1)?.tag.split('_') ?? []
  return Object.keys(Snapshot.parse(await readJson(`${number}_snapshot.json`)).tables)
}
