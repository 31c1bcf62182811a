import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import type { MediaType } from '../../src/client.ts'
import { CommandError } from '../command/command.ts'
import type { Format } from './import/source.ts'
import type { Calls } from './service.ts'

export const mediaTypes: Readonly<Record<Format, MediaType>> = {
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
}

const extensions = new Map<string, Format>([
  ['.csv', 'csv'],
  ['.ndjson', 'ndjson'],
  ['.jsonl', 'ndjson'],
])

/** As `--format` says, else as the name of the file ends. Throws TypeError. */
export function readFormat(file: string, given: string | undefined): Format {
  if (given === 'csv' || given === 'ndjson') {
    return given
  }
  if (given !== undefined) {
    throw new TypeError('--format must be csv or ndjson.')
  }
  const format = extensions.get(extname(file).toLowerCase())
  if (!format) {
    throw new TypeError(
      `The name ${file} does not say what is in the file: let it end in .csv, .ndjson or .jsonl, ` +
        'or add --format csv or --format ndjson.',
    )
  }
  return format
}

/** On a progress line, while the service has no place for an import or an export. */
export const waiting = ' | waiting: the service is busy'

export const transfers: Calls = {
  scope: 'users:export',
  path: 'users/import',
  statuses: [405, 429, 503],
}

/** In bytes. Throws CommandError when there is nothing to read. */
export async function sizeOfFile(file: string): Promise<number> {
  const stats = await stat(file).catch(() => undefined)
  if (!stats?.isFile()) {
    throw new CommandError(`There is no file ${file}.`)
  }
  if (stats.size === 0) {
    throw new CommandError(`The file ${file} is empty.`)
  }
  return stats.size
}

export const rate = (rows: number, startedAt: number): string => {
  const seconds = (performance.now() - startedAt) / 1_000
  return `${seconds.toFixed(1)} s (${Math.round(rows / seconds)} rows a second)`
}
