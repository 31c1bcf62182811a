import { extname } from 'node:path'
import { parseArgs } from 'node:util'
import { usageError } from '../../command/command.ts'
import { readFormat } from '../bulk.ts'
import { defaultUrl, readFile, readUrl } from '../service.ts'
import { readColumnMap } from './columns.ts'
import { readEncoding } from './encoding.ts'
import { readSeparator } from './layout.ts'
import { defaultRefusedFile } from './refused-files.ts'
import type { ReadOptions } from './source.ts'

const usage =
  'Usage: npm run users:import -- FILE [--dry-run] [--url URL] [--on-conflict skip|update] ' +
  '[--refused FILE] [--from-line N] [--format csv|ndjson] [--encoding NAME] ' +
  '[--separator comma|semicolon|tab|pipe] [--map name="First Name"+"Last Name"] ' +
  '[--map email=COLUMN]'

export type ImportOptions = ReadOptions & {
  file: string
  url: string
  onConflict: 'skip' | 'update'
  refused: string
  fromLine: number
  isDryRun: boolean
}

/** Throws CommandError. */
export function readOptions(): ImportOptions {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        url: { type: 'string', default: defaultUrl },
        'on-conflict': { type: 'string', default: 'skip' },
        refused: { type: 'string' },
        format: { type: 'string' },
        'from-line': { type: 'string', default: '1' },
        encoding: { type: 'string' },
        separator: { type: 'string' },
        map: { type: 'string', multiple: true, default: [] },
        'dry-run': { type: 'boolean', default: false },
      },
    })
    const { 'on-conflict': onConflict, 'from-line': fromLine, encoding, separator } = values
    const file = readFile(positionals)
    if (onConflict !== 'skip' && onConflict !== 'update') {
      throw new TypeError('--on-conflict must be skip or update.')
    }
    if (!/^[1-9]\d{0,14}$/.test(fromLine)) {
      throw new TypeError('--from-line must be the number of a line, counted from 1.')
    }
    const isTabs = ['.tsv', '.tab'].includes(extname(file).toLowerCase())
    const format = readFormat(file, values.format ?? (isTabs ? 'csv' : undefined))
    if (format === 'ndjson' && (separator !== undefined || values.map.length > 0)) {
      throw new TypeError('--separator and --map are of CSV: NDJSON has neither.')
    }
    return {
      file,
      format,
      encoding: encoding === undefined ? undefined : readEncoding(encoding),
      separator: separator === undefined ? undefined : readSeparator(separator),
      map: readColumnMap(values.map),
      url: readUrl(values.url),
      onConflict,
      refused: values.refused ?? defaultRefusedFile(file),
      fromLine: Number(fromLine),
      isDryRun: values['dry-run'],
    }
  } catch (error) {
    throw usageError(error, usage)
  }
}
