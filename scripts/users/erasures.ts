import { parseArgs } from 'node:util'
import { runCommand, usageError } from '../command/command.ts'
import '../command/quick-imports.ts'
import { hasOwnFile } from '../command/private-file.ts'
import { directUrl } from '../command/settings.ts'
import { type Erasure, keyOf, readErasures, writeErasures } from './erasures/file.ts'
import { readPages } from './events/pages.ts'
import { audits, connect, defaultUrl, explain, readFile, readUrl, stopAtCtrlC } from './service.ts'

const usage =
  'Usage: npm run users:erasures -- export FILE [--url URL]\n' +
  '       npm run users:erasures -- replay FILE    (in the database of DATABASE_URL_DIRECT)'

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { url: { type: 'string' } },
    })
    const [what, ...files] = positionals
    if (what !== 'export' && what !== 'replay') {
      throw new TypeError('Say what to do: export or replay.')
    }
    if (what === 'replay' && values.url !== undefined) {
      throw new TypeError('replay writes to the database itself, and takes no --url.')
    }
    return { what, file: readFile(files), url: readUrl(values.url ?? defaultUrl) }
  } catch (error) {
    throw usageError(error, usage)
  }
}

/** Adds to what the file holds: after a restore the service has forgotten erasures, the file must not. */
async function exportErasures(file: string, url: string): Promise<void> {
  const stop = stopAtCtrlC()
  const erasures: Erasure[] = (await hasOwnFile(file)) ? await readErasures(file) : []
  const known = new Set(erasures.map(keyOf))
  const client = await connect(url, audits)
  const before = erasures.length

  try {
    for await (const { events } of readPages(client, { kind: 'erase' }, { stop })) {
      for (const event of events) {
        if (!known.has(keyOf(event))) {
          erasures.push({ ...event, kind: 'erase' })
        }
      }
    }
  } catch (error) {
    throw explain(error)
  }
  await writeErasures(file, erasures)
  console.log(`Erasures in ${file}: ${erasures.length}, of which new: ${erasures.length - before}.`)
}

async function replayErasures(file: string): Promise<void> {
  const erasures = await readErasures(file)
  const url = directUrl()
  // Loaded late, because they are slow to load.
  const { requireMigrated } = await import('../migrations/migrated.ts')
  const { eraseAgain } = await import('./erasures/erase-again.ts')
  await requireMigrated(url)

  const { erased, newer, users } = await eraseAgain(url, erasures)

  const { hostname, pathname } = new URL(url)
  const lines = [
    `Erasures in ${file}: ${erasures.length}, of different users: ${users}.`,
    `Erased again in ${pathname.slice(1)} at ${hostname}: ${erased}.`,
    `Not there: ${users - erased - newer.length}.`,
    ...(newer.length > 0
      ? [
          `Left alone: ${newer.length}, who have such an id, but were created after its erasure ` +
            `(${newer.join(', ')}).`,
        ]
      : []),
  ]
  console.log(lines.join('\n'))
}

await runCommand(async () => {
  const { what, file, url } = readOptions()
  await (what === 'export' ? exportErasures(file, url) : replayErasures(file))
})
