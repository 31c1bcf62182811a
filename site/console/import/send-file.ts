import { inFile } from '../../../scripts/users/import/in-file.ts'
import { type Part, type Refusal, readParts } from '../../../scripts/users/import/parts.ts'
import { readSource, type Source } from '../../../scripts/users/import/source.ts'
import type { ImportResult } from '../../../src/client.ts'
import type { Client } from '../session.ts'

export type Sent = {
  created: number
  updated: number
  skipped: number
  refusals: readonly Refusal[]
  /** The refused records as they stand in the file. */
  refusedRecords: readonly string[]
  bytes: number
  /** Up to which line of the file all this is. */
  lastLine: number
}

export const nothingSent: Sent = {
  created: 0,
  updated: 0,
  skipped: 0,
  refusals: [],
  refusedRecords: [],
  bytes: 0,
  lastLine: 0,
}

type Options = {
  source: Source
  client: Client
  onConflict: 'skip' | 'update'
  signal: AbortSignal
  show: (sent: Sent) => void
}

const none: ImportResult = { created: 0, updated: 0, skipped: 0, refused: [] }

/** Sends a file part by part. Rejects with the first failure; what `show` was given is done. */
export async function sendFile({
  source,
  client,
  onConflict,
  signal,
  show,
}: Options): Promise<void> {
  let sent = nothingSent
  let bytes = 0

  async function* counted() {
    for await (const chunk of source.file.chunks()) {
      bytes += chunk.length
      yield chunk
    }
  }
  for await (const part of readParts(readSource(source, counted()), 1)) {
    signal.throwIfAborted()
    const result = inFile(
      part.body === ''
        ? none
        : await client.users.import(part.body, {
            mediaType: 'application/x-ndjson',
            onConflict,
            signal,
          }),
      part,
    )
    sent = {
      created: sent.created + result.created,
      updated: sent.updated + result.updated,
      skipped: sent.skipped + result.skipped,
      refusals: [...sent.refusals, ...result.refused],
      refusedRecords: [...sent.refusedRecords, ...recordsOf(result, part)],
      bytes,
      lastLine: part.lastLine,
    }
    show(sent)
  }
}

const recordsOf = ({ refused }: ImportResult, part: Part) =>
  refused.map(({ line }) => part.recordAt(line))

/** A file of the refused records alone, to be mended and imported again. */
export function refusedFile({ layout }: Source, { refusedRecords }: Sent): string {
  const [end = '\n'] = /(?:\r\n?|\n)$/.exec(layout?.top ?? refusedRecords[0] ?? '') ?? []
  const records = refusedRecords.map((text) => (/[\r\n]$/.test(text) ? text : text + end))
  // The mark has Excel read it as UTF-8.
  return `${layout ? '\ufeff' : ''}${layout?.top ?? ''}${records.join('')}`
}

/** `users.refused.csv` of `users.csv`. */
export const refusedName = (name: string): string => name.replace(/(\.[^.]*)?$/, '.refused$1')
