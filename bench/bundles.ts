import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bundleWorker } from '../scripts/build/bundle.ts'
import type { Runtime } from '../scripts/build/runtime.ts'
import { runChild } from '../scripts/command/child.ts'
import { quietWrangler, wrangler } from '../scripts/command/wrangler.ts'

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
  runChild(process.execPath, [wrangler, 'deploy', '--dry-run', ...args], { env: quietWrangler })
