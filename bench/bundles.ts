import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bundleWorker } from '../scripts/build/bundle.ts'
import { CommandError } from '../scripts/command/command.ts'
import { quietWrangler, wrangler } from '../scripts/command/wrangler.ts'

/** Which behaviour of workerd the Worker asks for. */
export type Runtime = { date: string; flags: string[] }

/** The lines of wrangler.toml that every contestant runs by. Throws CommandError. */
export async function readRuntime(): Promise<Runtime> {
  const text = await readFile('wrangler.toml', 'utf8')
  const [, date] = /^compatibility_date = "(.+)"$/m.exec(text) ?? []
  const [, flags] = /^compatibility_flags = (\[.*\])$/m.exec(text) ?? []
  if (date === undefined || flags === undefined) {
    throw new CommandError(
      'bench/bundles.ts looks in wrangler.toml for compatibility_date and compatibility_flags, ' +
        'each on a line of its own, and does not find them.',
    )
  }
  return { date, flags: JSON.parse(flags) }
}

/** Bundles the service as a deploy does, into `folder/worker.js`. */
export async function bundleService(folder: string): Promise<string> {
  await bundleWorker(folder)
  return join(folder, 'worker.js')
}

/** With the names of its functions, for a profile. */
export async function bundleReadable(folder: string): Promise<string> {
  await bundle(['--outdir', folder, '--minify=false'])
  return join(folder, 'worker.js')
}

/** Bundles a reference with the settings of the service. */
export async function bundleReference(
  folder: string,
  name: string,
  { date, flags }: Runtime,
): Promise<string> {
  const config = join(folder, 'wrangler.json')
  await mkdir(folder)
  await writeFile(
    config,
    JSON.stringify({
      name,
      main: join(import.meta.dirname, `${name}.ts`),
      compatibility_date: date,
      compatibility_flags: flags,
      minify: true,
      keep_names: false,
    }),
  )
  await bundle(['--config', config, '--outdir', folder])
  return join(folder, `${name}.js`)
}

const bundle = (args: readonly string[]) =>
  promisify(execFile)(process.execPath, [wrangler, 'deploy', '--dry-run', ...args], {
    env: { ...process.env, ...quietWrangler },
  })
