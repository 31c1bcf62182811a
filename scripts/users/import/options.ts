import { parseArgs } from 'node:util'
import { usageError } from '../../command/command.ts'
import { defaultUrl, type Format, readFile, readFormat, readUrl } from '../bulk.ts'
import { defaultRefusedFile } from './refused-files.ts'

const usage =
  'Usage: npm run users:import -- FILE [--url URL] [--on-conflict skip|update] [--refused FILE] ' +
  '[--format csv|ndjson] [--from-line N]'

export type ImportOptions = {
  file: string
  format: Format
  url: string
  onConflict: 'skip' | 'update'
  refused: string
  fromLine: number
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
      },
    })
    const { 'on-conflict': onConflict, 'from-line': fromLine } = values
    const file = readFile(positionals)
    if (onConflict !== 'skip' && onConflict !== 'update') {
      throw new TypeError('--on-conflict must be skip or update.')
    }
    if (!/^[1-9]\d{0,14}$/.test(fromLine)) {
      throw new TypeError('--from-line must be the number of a line, counted from 1.')
    }
    return {
      file,
      format: readFormat(file, values.format),
      url: readUrl(values.url),
      onConflict,
      refused: values.refused ?? defaultRefusedFile(file),
      fromLine: Number(fromLine),
    }
  } catch (error) {
    throw usageError(error, usage)
  }
}
