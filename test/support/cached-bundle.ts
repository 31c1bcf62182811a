import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bundleWorker } from '../../scripts/build/bundle.ts'

const cache = join('node_modules', '.cache', 'edge-users-worker')
const inputsFile = join(cache, 'inputs.json')

/** What esbuild does not name among its inputs. */
const settings = [
  'package-lock.json',
  'node_modules/.package-lock.json',
  'scripts/build/bundle.ts',
  'scripts/command/wrangler.ts',
  'src/tsconfig.json',
  'tsconfig.json',
  'wrangler.toml',
]

/**
 * Bundles the Worker as a deploy does, and builds its pages. wrangler takes three seconds of CPU, so
 * the last bundle is kept, and taken again while each file that went into it is the same to the byte.
 */
export async function bundleOnce(directory: string): Promise<void> {
  const [isKept] = await Promise.all([takeKept(directory), buildPages()])
  if (!isKept) {
    const start = Date.now()
    await bundleWorker(directory, '--metafile')
    await keep(directory, start)
  }
}

async function takeKept(directory: string): Promise<boolean> {
  try {
    const entry = await digestOf(JSON.parse(await readFile(inputsFile, 'utf8')))
    await cp(join(cache, entry), directory, { recursive: true })
    return true
  } catch {
    return false
  }
}

/** In moves: another run may be reading, or keeping its own. */
async function keep(directory: string, start: number): Promise<void> {
  const { inputs } = JSON.parse(await readFile(join(directory, 'bundle-meta.json'), 'utf8'))
  const files = [...settings, ...Object.keys(inputs)]
  const stats = await Promise.all(files.map((file) => stat(file)))
  // What somebody has saved meanwhile may not be what was bundled.
  if (stats.some(({ mtimeMs }) => mtimeMs >= start)) {
    return
  }
  await mkdir(cache, { recursive: true })
  const own = await mkdtemp(join(cache, 'new-'))
  await cp(directory, join(own, 'bundle'), { recursive: true })
  await writeFile(join(own, 'inputs.json'), JSON.stringify(files))
  const entry = await digestOf(files)
  await rename(join(own, 'bundle'), join(cache, entry)).catch(() => {})
  await rename(join(own, 'inputs.json'), inputsFile)
  await rm(own, { recursive: true })
  const others = (await readdir(cache)).filter((name) => name.length === 64 && name !== entry)
  await Promise.all(others.map((name) => rm(join(cache, name), { recursive: true, force: true })))
}

async function digestOf(files: readonly string[]): Promise<string> {
  const contents = await Promise.all(files.map((file) => readFile(file)))
  const ofWrangler = Object.entries(process.env).filter(([name]) =>
    /^(?:CLOUDFLARE_|WRANGLER_|NODE_ENV$)/.test(name),
  )
  const hash = createHash('sha256').update(JSON.stringify([process.version, ofWrangler.sort()]))
  for (const [index, content] of contents.entries()) {
    hash.update(`${files[index]} ${content.length} `).update(content)
  }
  return hash.digest('hex')
}

const buildPages = () => promisify(execFile)(process.execPath, ['scripts/build/site.ts'])
