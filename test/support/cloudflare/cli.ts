import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { quietWrangler, wrangler } from '../../../scripts/command/wrangler.ts'
import { accountId, token } from './credentials.ts'

/** Compiling wrangler takes half of the time of a command: every run finds what the first has left. */
const compiled = join(import.meta.dirname, '../../../.wrangler/compiled')

/**
 * The real wrangler, with `preload.ts` before it: its arguments, prompts, output and exit codes are
 * no copies that could differ.
 */
export const installWrangler = (directory: string, controlUrl: string): Promise<string> =>
  install(
    join(directory, 'bin'),
    controlUrl,
    join(dirname(wrangler), '..', 'wrangler-dist', 'cli.js'),
  )

/** One that answers as quickly as a program can, and sends the same: `uploader.ts`. */
export const installUploader = (directory: string, controlUrl: string): Promise<string> =>
  install(join(directory, 'light-bin'), controlUrl, join(import.meta.dirname, 'uploader.ts'))

async function install(binDir: string, controlUrl: string, program: string): Promise<string> {
  const preload = fileURLToPath(import.meta.resolve('./preload.ts'))
  await mkdir(binDir)
  await writeFile(
    join(binDir, 'wrangler'),
    `#!/bin/sh
CLOUDFLARE_STAND_IN='${controlUrl}' NODE_COMPILE_CACHE='${compiled}' \\
  exec '${process.execPath}' --no-warnings --import '${preload}' '${program}' "$@"
`,
    { mode: 0o755 },
  )
  return binDir
}

export const wranglerEnv = (directory: string): Record<string, string> => ({
  ...quietWrangler,
  CLOUDFLARE_ACCOUNT_ID: accountId,
  CLOUDFLARE_API_TOKEN: token,
  WRANGLER_REGISTRY_PATH: join(directory, 'registry'),
  XDG_CONFIG_HOME: join(directory, 'config'),
})

/** The arguments that make wrangler send this bundle, and leave all else as it is. */
export async function withBundle(
  directory: string,
  cwd: string,
  args: string[],
  bundle: string,
): Promise<string[]> {
  const [command = '', ...others] = await withoutBuild(directory, cwd, args)
  const folder = await mkdtemp(join(directory, 'upload-'))
  const script = join(folder, 'worker.js')
  await writeFile(script, withoutSourceMap(await readFile(bundle, 'utf8')))

  const subcommand = command === 'versions' ? others.splice(0, 1) : []
  return [command, ...subcommand, script, '--no-bundle', ...others]
}

/** The arguments with a configuration that builds nothing and needs nothing built. */
export async function withoutBuild(
  directory: string,
  cwd: string,
  args: string[],
): Promise<string[]> {
  const { config, rest } = takeConfig(args)
  const toml = await readFile(resolve(cwd, config), 'utf8')
  const folder = await mkdtemp(join(directory, 'config-'))
  const assets = await mkdtemp(join(directory, 'assets-'))
  await writeFile(join(assets, 'index.html'), '')
  await writeFile(join(folder, 'wrangler.toml'), removeBuild(toml, assets))
  return [...rest, '--config', join(folder, 'wrangler.toml')]
}

export const bundles = (args: readonly string[]): boolean =>
  (args[0] === 'deploy' || (args[0] === 'versions' && args[1] === 'upload')) &&
  !args.includes('--dry-run') &&
  !args.includes('--help')

function takeConfig(args: string[]): { config: string; rest: string[] } {
  const { tokens } = parseArgs({
    args,
    options: { config: { type: 'string', short: 'c' } },
    strict: false,
    tokens: true,
  })
  const token = tokens.find((each) => each.kind === 'option' && each.name === 'config')
  if (token?.kind !== 'option' || token.value === undefined) {
    return { config: 'wrangler.toml', rest: args }
  }
  const rest = args.toSpliced(token.index, token.inlineValue ? 1 : 2)
  return { config: token.value, rest }
}

const removeBuild = (toml: string, assets: string): string =>
  toml
    .replace(/^\[(?:env\.\w+\.)?build\]\n(?:(?!\[).*\n?)*/gm, '')
    .replace(/^(?:minify|keep_names|upload_source_maps) = .*\n/gm, '')
    .replace(/^main = .*$/m, 'main = "worker.js"')
    .replace(/^directory = .*$/m, `directory = ${JSON.stringify(assets)}`)

const withoutSourceMap = (script: string): string =>
  script.replace(/^\/\/# sourceMappingURL=.*$/m, '')
