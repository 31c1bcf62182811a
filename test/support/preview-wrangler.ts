import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

type WranglerCall = {
  args: string[]
  /** Of the `--secrets-file`, as they were during the call. */
  secrets?: { file: string; mode: string; content: Record<string, string> }
}

export type RecordingWrangler = {
  /** Puts it first on PATH; `url` is what it calls the address of a Preview. */
  env(url?: string): Record<string, string>
  /** Oldest first. */
  calls(): Promise<WranglerCall[]>
}

const program = (node: string, record: string) => `#!${node}
import { appendFileSync, readFileSync, statSync } from 'node:fs'

const args = process.argv.slice(2)
const file = args[args.indexOf('--secrets-file') + 1]
const secrets = args.includes('--secrets-file') && {
  file,
  mode: (statSync(file).mode & 0o777).toString(8),
  content: JSON.parse(readFileSync(file, 'utf8')),
}
appendFileSync(${JSON.stringify(record)}, JSON.stringify({ args, ...(secrets && { secrets }) }) + '\\n')
const { STAND_IN, PREVIEW_URL } = process.env
if (STAND_IN === 'hang') {
  setInterval(() => {}, 1_000)
} else if (STAND_IN) {
  console.error(STAND_IN)
  process.exitCode = 1
} else if (args.includes('--json')) {
  // As wrangler 4.155.0 prints it.
  const urls = PREVIEW_URL ? [PREVIEW_URL] : undefined
  console.log('[custom build] Running: node scripts/build/site.ts')
  console.log(JSON.stringify({ preview: { urls }, deployment: { urls } }, null, 2))
}
`

/** Writes a `wrangler` into `folder` that asks nobody, and records what it is called with. */
export async function installRecordingWrangler(folder: string): Promise<RecordingWrangler> {
  const bin = join(folder, 'bin')
  const record = join(folder, 'calls.ndjson')
  await mkdir(bin)
  await writeFile(join(bin, 'wrangler'), program(process.execPath, record))
  await chmod(join(bin, 'wrangler'), 0o755)
  await writeFile(record, '')

  return {
    env: (url = '') => ({ PATH: `${bin}:${process.env['PATH']}`, PREVIEW_URL: url }),
    calls: async () =>
      (await readFile(record, 'utf8'))
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
  }
}
