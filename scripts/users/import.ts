import type { Abortable } from 'node:events'
import { Readable } from 'node:stream'
import { SingleBar } from 'cli-progress'
import { type ImportResult, ProblemError } from '../../src/client.ts'
import { CommandError, runCommand } from '../command/command.ts'
import { mediaTypes, rate, sizeOfFile, transfers, waiting } from './bulk.ts'
import { diskFile, readChunks } from './import/disk-file.ts'
import { tryOut } from './import/dry-run.ts'
import { inFile, withLines } from './import/in-file.ts'
import { type ImportOptions, readOptions } from './import/options.ts'
import { type Part, readParts } from './import/parts.ts'
import { openRefusedFiles } from './import/refused-files.ts'
import { openSource, readSource, type Source } from './import/source.ts'
import { understand } from './import/understanding.ts'
import { type Client, connect, explain, stopAtCtrlC } from './service.ts'

/**
 * As many as the service takes. Updates go one by one: of two lines with the same email, the later one
 * is to win.
 */
const requestsAtOnce = { skip: 2, update: 1 }

type Sent = { part: Part; result: ImportResult; bytesRead: number }

/** What became of each request, in the order of the file, whichever is answered first. */
function sendParts(
  client: Client,
  source: Source,
  { onConflict, fromLine }: ImportOptions,
  stop: AbortSignal,
): AsyncIterable<Sent> {
  const chunks = readChunks(source.file.name)

  const send = async (part: Part, { signal }: Abortable = {}): Promise<Sent> => {
    const result = part.body === '' ? nothing : await sendBody(part, signal)
    return { part, result: inFile(result, part), bytesRead: chunks.bytesRead }
  }
  const sendBody = (part: Part, signal: AbortSignal | undefined) =>
    client.users
      .import(part.body, { mediaType: mediaTypes.ndjson, onConflict, signal })
      .catch((error: unknown) => {
        throw refusal(error, part)
      })
  return Readable.from(readParts(readSource(source, chunks), fromLine)).map(send, {
    concurrency: requestsAtOnce[onConflict],
    signal: stop,
  })
}

const nothing: ImportResult = { created: 0, updated: 0, skipped: 0, refused: [] }

async function importFile(options: ImportOptions): Promise<void> {
  const { file, fromLine } = options
  const size = await sizeOfFile(file)
  if (options.isDryRun) {
    const source = await openSource(diskFile(file), options)
    console.log(await understand(source))
    console.log(await tryOut(source, fromLine))
    return
  }
  const refusedFiles = await openRefusedFiles(options.refused, fromLine > 1)
  const source = await openSource(diskFile(file), options)
  const understood = await understand(source)
  // Until here Ctrl-C stops the command at once: there is nothing to go on with.
  const stop = stopAtCtrlC()
  const onBusy = () => bar.update({ state: waiting })
  const client = await connect(options.url, transfers, { onBusy })
  console.log(understood)
  const total = { created: 0, updated: 0, skipped: 0, refused: 0 }
  const bar = new SingleBar({
    format: '{bar} {percentage}% | {rows} rows | {eta_formatted} left{state}',
  })
  const startedAt = performance.now()
  const rows = () => total.created + total.updated + total.skipped + total.refused
  let line = fromLine - 1

  bar.start(size, 0, { rows: 0, state: '' })
  try {
    for await (const { part, result, bytesRead } of sendParts(client, source, options, stop)) {
      if (result.refused.length > 0) {
        await refusedFiles.add(source, part, result.refused)
      }
      total.created += result.created
      total.updated += result.updated
      total.skipped += result.skipped
      total.refused += result.refused.length
      line = part.lastLine
      bar.update(bytesRead, { rows: rows(), state: '' })
    }
  } catch (error) {
    throw withPlace(stop.aborted ? new CommandError('Stopped.') : explain(error), file, line)
  } finally {
    bar.stop()
  }

  const counts = Object.entries(total).map(([what, count]) => `${count} ${what}`)
  console.log(`Imported ${file}: ${counts.join(', ')}, in ${rate(rows(), startedAt)}.`)
  if (total.refused > 0) {
    console.log(
      `The refused records are in ${refusedFiles.records}, to be mended and imported again; ` +
        `${refusedFiles.reasons} says what is wrong with each.`,
    )
  }
}

/** What the service has against a part as a whole, with the lines of the file. */
function refusal(error: unknown, part: Part): unknown {
  if (!(error instanceof ProblemError) || error.problem.status >= 500) {
    return error
  }
  const { firstLine, lastLine } = part
  return new CommandError(
    `The service refused lines ${firstLine} to ${lastLine}: ${withLines(error.message, part)}`,
  )
}

/** And how to go on. What was sent at the same time may be imported too, and is skipped then. */
const withPlace = (error: unknown, file: string, line: number): unknown =>
  error instanceof CommandError
    ? new CommandError(
        `${error.message}\n${file} is imported up to line ${line}. To go on, repeat the command ` +
          `with --from-line ${line + 1}.`,
      )
    : error

await runCommand(() => importFile(readOptions()))
