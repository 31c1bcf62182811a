// Builds what the Worker serves as pages. wrangler runs it before it bundles the Worker (`[build]`
// in wrangler.toml), so nobody has to.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { problemList, problemPage } from '../../site/problem-pages.ts'
import { problemCodes } from '../../src/openapi/problems.ts'
import { buildConsole } from './console.ts'

/** `[assets]` in wrangler.toml names it. Below the folder that wrangler runs in. */
const directory = join('dist', 'pages')

const own = (name: string) => new URL(`../../site/${name}`, import.meta.url)
const swaggerUi = (name: string) =>
  new URL(name, import.meta.resolve('swagger-ui-dist/package.json'))

const copies = {
  'docs.html': own('docs.html'),
  'docs/docs.css': own('docs.css'),
  'docs/docs.js': own('docs.js'),
  'docs/icon.svg': own('icon.svg'),
  'docs/problems.css': own('problems.css'),
  'docs/swagger-ui.css': swaggerUi('swagger-ui.css'),
  'docs/swagger-ui-bundle.js': swaggerUi('swagger-ui-bundle.js'),
  // Distributing the code requires distributing its licenses.
  'docs/swagger-ui-bundle.js.LICENSE.txt': swaggerUi('swagger-ui-bundle.js.LICENSE.txt'),
  'docs/LICENSE.txt': swaggerUi('LICENSE'),
  'openapi.json': new URL('../../openapi.json', import.meta.url),
}

const files = new Map<string, Buffer>()
for (const [path, source] of Object.entries(copies)) {
  files.set(join(directory, path), await readFile(source))
}
for (const [path, content] of await buildConsole()) {
  files.set(join(directory, path), content)
}
files.set(join(directory, 'problems.html'), Buffer.from(problemList()))
for (const code of problemCodes) {
  files.set(join(directory, 'problems', `${code}.html`), Buffer.from(problemPage(code)))
}

for (const [file, content] of files) {
  await replace(file, content)
}
for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
  const file = join(entry.parentPath, entry.name)
  if (entry.isFile() && !files.has(file)) {
    await rm(file, { force: true })
  }
}

/**
 * Writes only files that differ, because a running `wrangler dev` reloads at each write, and each in one
 * move, because another process may be building or reading the same file.
 */
async function replace(file: string, content: Buffer): Promise<void> {
  const present = await readFile(file).catch(() => undefined)
  if (present?.equals(content)) {
    return
  }
  const temporary = `${directory}.${process.pid}`
  await mkdir(dirname(file), { recursive: true })
  await writeFile(temporary, content)
  await rename(temporary, file)
}
