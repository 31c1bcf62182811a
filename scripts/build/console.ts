import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))
const script = 'console/console.js'

/** The page `/console`: its script, what that loads on demand, and the licenses, by their paths. */
export async function buildConsole(): Promise<Map<string, Buffer>> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: { console: 'site/console/main.tsx' },
    outdir: 'console',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    // Browsers of the last two years.
    target: 'es2023',
    minify: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    metafile: true,
    write: false,
    logLevel: 'error',
  })
  const needed = (metafile.outputs[script]?.imports ?? [])
    .filter(({ kind }) => kind === 'import-statement')
    .map(({ path }) => path)
  const html = await readFile(join(root, 'site/console.html'), 'utf8')

  return new Map([
    ['console.html', Buffer.from(withPreloads(html, needed))],
    ['console/console.css', await readFile(join(root, 'site/console.css'))],
    ['console/LICENSE.txt', await licensesOf(Object.keys(metafile.inputs))],
    ...outputFiles.map(
      ({ path, contents }) => [`console/${basename(path)}`, Buffer.from(contents)] as const,
    ),
  ])
}

/** So that the browser asks for all that the script needs at once. */
const withPreloads = (html: string, paths: readonly string[]): string =>
  html.replace(
    /^ *<script type="module"/m,
    (tag) => paths.map((path) => `    <link rel="modulepreload" href="/${path}">\n`).join('') + tag,
  )

/** Distributing the code of packages requires distributing their licenses. */
async function licensesOf(inputs: readonly string[]): Promise<Buffer> {
  const folders = inputs.flatMap(
    (file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [],
  )
  const texts = [...new Set(folders)].toSorted().map(async (folder) => {
    const names = await readdir(join(root, folder))
    const name = names.find((each) => /^licen[cs]e/i.test(each))
    if (name === undefined) {
      throw new Error(`${folder} has no license that the console could be distributed with.`)
    }
    return `${basename(folder)}\n\n${await readFile(join(root, folder, name), 'utf8')}`
  })
  return Buffer.from((await Promise.all(texts)).join('\n\n'))
}
