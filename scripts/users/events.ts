import { fstatSync, fsyncSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { eventKinds } from '../../src/events/input.ts'
import type { EventKind } from '../../src/rows/events.ts'
import { CommandError, runCommand, usageError } from '../command/command.ts'
import { checkCursor, readCursorFile, writeCursorFile } from './events/cursor-file.ts'
import { readPages } from './events/pages.ts'
import { audits, connect, defaultUrl, explain, readUrl, stopAtCtrlC } from './service.ts'

const usage =
  'Usage: npm run --silent users:events -- [--follow] [--cursor CURSOR | --cursor-file FILE] ' +
  `[--since MOMENT] [--kind ${eventKinds.join('|')}] [--user ID] [--caller CALLER] [--url URL]`

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        follow: { type: 'boolean', default: false },
        cursor: { type: 'string' },
        'cursor-file': { type: 'string' },
        since: { type: 'string' },
        kind: { type: 'string' },
        user: { type: 'string' },
        caller: { type: 'string' },
        url: { type: 'string', default: defaultUrl },
      },
    })
    const { follow, cursor, 'cursor-file': cursorFile, since, kind, user, caller, url } = values
    if (cursor !== undefined && cursorFile !== undefined) {
      throw new TypeError('--cursor and --cursor-file both say where to begin: give one of them.')
    }
    if (kind !== undefined && !isKind(kind)) {
      throw new TypeError(`--kind must be one of ${eventKinds.join(', ')}.`)
    }
    if (cursor !== undefined) {
      checkCursor(cursor)
    }
    const filters = { since, kind, userId: user, caller }
    return { follow, cursor, cursorFile, filters, url: readUrl(url) }
  } catch (error) {
    throw usageError(error, usage)
  }
}

const isKind = (text: string): text is EventKind => eventKinds.some((kind) => kind === text)

async function printEvents(stop: AbortSignal): Promise<void> {
  const { follow, cursorFile, filters, url, ...options } = readOptions()
  let cursor = cursorFile === undefined ? options.cursor : await readCursorFile(cursorFile)
  // Who follows waits for a service that is away, as long as a call may take.
  const client = await connect(url, audits, follow ? { retries: Number.POSITIVE_INFINITY } : {})

  try {
    for await (const page of readPages(client, { ...filters, cursor }, { follow, stop })) {
      await print(page.events.map((event) => `${JSON.stringify(event)}\n`).join(''))
      // Only now: what is printed twice does no harm, what is not printed would be lost.
      if (cursorFile !== undefined && page.next !== cursor) {
        await writeCursorFile(cursorFile, page.next)
      }
      cursor = page.next
    }
  } catch (error) {
    if (isClosedPipe(error)) {
      return
    }
    if (!stop.aborted) {
      throw explain(error)
    }
    if (!follow) {
      throw new CommandError('Stopped.')
    }
  }
  if (cursorFile === undefined && cursor !== undefined) {
    console.error(`To go on from here: --cursor ${cursor}`)
  }
}

const isFile = fstatSync(process.stdout.fd).isFile()

/** Resolves when the text is out of this process, and on the disk where it goes into a file. */
async function print(text: string): Promise<void> {
  if (text === '') {
    return
  }
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()))
  })
  if (isFile) {
    fsyncSync(process.stdout.fd)
  }
}

/** Whoever reads has had enough, as `head` has. */
const isClosedPipe = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'EPIPE'

// `print` rejects with it, too.
process.stdout.on('error', () => {})

await runCommand(() => printEvents(stopAtCtrlC()))
