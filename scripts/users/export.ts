import { rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { SingleBar } from 'cli-progress'
import { dsvFormat } from 'd3-dsv'
import { CommandError, runCommand, usageError } from '../command/command.ts'
import { createPrivateFile, exchangePrivateFile, hasOwnFile } from '../command/private-file.ts'
import { mediaTypes, rate, readFormat, transfers, waiting } from './bulk.ts'
import { findCsvRecord } from './import/csv-record.ts'
import { decode } from './import/encoding.ts'
import { readSeparator } from './import/layout.ts'
import { readRecords } from './import/records.ts'
import { connect, defaultUrl, explain, readFile, readUrl, stopAtCtrlC } from './service.ts'

const usage =
  'Usage: npm run users:export -- FILE [--url URL] [--email EMAIL] [--q TEXT] ' +
  '[--format csv|ndjson] [--excel] [--separator comma|semicolon|tab|pipe] [--force] ' +
  '[--cursor-file FILE]'

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        url: { type: 'string', default: defaultUrl },
        email: { type: 'string' },
        q: { type: 'string' },
        format: { type: 'string' },
        excel: { type: 'boolean', default: false },
        separator: { type: 'string' },
        force: { type: 'boolean', default: false },
        'cursor-file': { type: 'string' },
      },
    })
    const { url, email, q, excel, force, 'cursor-file': cursorFile } = values
    const file = readFile(positionals)
    const format = readFormat(file, values.format)
    if (format === 'ndjson' && (excel || values.separator !== undefined)) {
      throw new TypeError('--excel and --separator are of CSV: NDJSON has neither.')
    }
    if (cursorFile !== undefined && (email ?? q) !== undefined) {
      throw new TypeError(
        '--cursor-file goes with an export of all users, without --email and --q.',
      )
    }
    const separator = readSeparator(values.separator ?? 'comma')
    const filters = { email, q }
    return { file, format, url: readUrl(url), filters, excel, separator, force, cursorFile }
  } catch (error) {
    throw usageError(error, usage)
  }
}

async function exportFile(stop: AbortSignal): Promise<void> {
  const { file, format, url, filters, excel, separator, force, cursorFile } = readOptions()
  if ((await hasOwnFile(file)) && !force) {
    throw new CommandError(`${file} is there already: name another file, or add --force.`)
  }
  if (cursorFile !== undefined) {
    await hasOwnFile(cursorFile)
  }
  const bar = new SingleBar({ format: '{value} users | {duration_formatted}{state}' })
  const onBusy = () => bar.update({ state: waiting })
  const client = await connect(url, transfers, { onBusy })
  // Under another name until it is whole: an export that was cut off never looks like one. What is
  // there already may be of an export at work, so that --force does not count for it.
  const partial = `${file}.partial`
  await using output = await createPrivateFile(partial)
  const startedAt = performance.now()
  let users = format === 'csv' ? -1 : 0
  let cursor: string | undefined

  bar.start(0, 0, { state: '' })
  try {
    const mediaType = mediaTypes[format]
    const onFeedCursor = (given: string) => {
      cursor = given
    }
    const stream = await client.users.export({ ...filters, mediaType, onFeedCursor, signal: stop })
    if (cursorFile !== undefined && cursor === undefined) {
      await stream.cancel()
      throw new CommandError(noCursor)
    }
    await pipeline(
      stream,
      async function* count(chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          users += countLines(chunk)
          bar.update(Math.max(0, users), { state: '' })
          yield chunk
        }
      },
      separator === ',' ? pass : separateBy(separator),
      excel ? mark : pass,
      output.createWriteStream({ flush: true }),
    )
    await rename(partial, file)
  } catch (error) {
    await rm(partial, { force: true })
    throw stop.aborted ? new CommandError('Stopped.') : incomplete(explain(error))
  } finally {
    bar.stop()
  }
  if (cursorFile !== undefined) {
    await exchangePrivateFile(cursorFile, `${cursor}\n`)
  }
  console.log(`Exported ${users} users to ${file} in ${rate(users, startedAt)}.`)
}

async function* pass<Chunk>(chunks: AsyncIterable<Chunk>): AsyncGenerator<Chunk, undefined> {
  yield* chunks
}

/** Without a byte order mark, Excel takes UTF-8 for the encoding of the country. */
async function* mark<Chunk>(
  chunks: AsyncIterable<Chunk>,
): AsyncGenerator<Chunk | string, undefined> {
  yield '\ufeff'
  yield* chunks
}

/** Where people write 1,5, Excel splits cells at semicolons. */
function separateBy(separator: string) {
  const { formatRow } = dsvFormat(separator)
  return async function* separate(chunks: AsyncIterable<Uint8Array>) {
    const texts = decode(chunks, { label: 'utf-8', hasMark: false })
    for await (const records of readRecords(texts, findCsvRecord(','))) {
      yield records.map(({ cells }) => `${formatRow([...cells])}\r\n`).join('')
    }
  }
}

const noCursor =
  'The service does not say where its feed of events goes on: after a restore of the database it must ' +
  'be mended first. Run `npm run users:events` once, which has that done, and export again.'

const incomplete = (error: unknown) =>
  error instanceof CommandError ? new CommandError(`${error.message} Nothing was written.`) : error

/** No name and no email holds a line feed. */
function countLines(bytes: Uint8Array): number {
  let lines = 0
  for (let at = bytes.indexOf(lineFeed); at !== -1; at = bytes.indexOf(lineFeed, at + 1)) {
    lines += 1
  }
  return lines
}

const lineFeed = 0x0a

await runCommand(() => exportFile(stopAtCtrlC()))
