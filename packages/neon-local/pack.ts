import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'

// Makes the tarball that other projects install. In the checkout package.json leads to the sources,
// so that nothing has to be built; in the tarball it leads to what tsc makes of them.

const home = import.meta.dirname
const destination = process.argv[2] ?? join(home, 'dist')
const stage = mkdtempSync(join(tmpdir(), 'neon-local-pack-'))

type Exports = string | { types: string; default: string }

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { cwd: home, encoding: 'utf8', stdio: ['ignore', 'pipe', 2] })
}

const built = (source: string, extension: string) =>
  source.replace(/^\.\/src\/(.*)\.ts$/, `./dist/$1${extension}`)

/** package.json as others need it. */
function packedManifest(): object {
  const {
    private: _,
    devDependencies: __,
    ...manifest
  } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  const lead = (source: string): Exports =>
    source.endsWith('.ts')
      ? { types: built(source, '.d.ts'), default: built(source, '.js') }
      : source
  const map = <T>(record: Record<string, string>, change: (value: string) => T) =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]))

  return {
    ...manifest,
    types: './dist/index.d.ts',
    files: ['dist'],
    bin: map(manifest.bin, (source) => built(source, '.js')),
    exports: map(manifest.exports, lead),
  }
}

try {
  const tsc = join(
    dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
    'bin/tsc',
  )
  run(process.execPath, tsc, '-p', home, '--noEmit', 'false', '--outDir', join(stage, 'dist'))
  writeFileSync(join(stage, 'package.json'), JSON.stringify(packedManifest(), null, 2))
  for (const file of ['README.md', 'LICENSE']) {
    cpSync(join(home, file), join(stage, file))
  }
  mkdirSync(destination, { recursive: true })
  const [made] = JSON.parse(run('npm', 'pack', stage, '--json', '--pack-destination', destination))
  const file = relative(process.cwd(), join(destination, made.filename))
  const kilobytes = Math.ceil(made.size / 1000)
  console.log(`${file}: ${made.name} ${made.version}, ${made.entryCount} files, ${kilobytes} kB`)
} finally {
  rmSync(stage, { recursive: true, force: true })
}
